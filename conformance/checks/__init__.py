"""The checks, a file per section, and the pure judgements that they share."""
