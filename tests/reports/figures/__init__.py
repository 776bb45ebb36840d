"""Figures drawn from literal numbers, read back as text."""
