"""Target files, from their text to requests."""
