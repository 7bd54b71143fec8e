"""What is due when (`due`, pure, given a clock), the service (`service`), and who is told what (`notices`)."""
