"""Recordings: CSV files, read as a stream, checked, and played as if they happened now."""
