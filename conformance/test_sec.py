"""SEC: access and isolation."""
