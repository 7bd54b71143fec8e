"""One module per reader and per format."""
