"""The checks on literal captures."""
