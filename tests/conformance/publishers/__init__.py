"""The drivers of [publish]."""
