"""The commands of `scanner`, a module per group; scanner.cli joins them."""
