"""What is due when (`due`, pure, given a clock), the service that starts it (`service`), and who is told what (`notices`)."""
