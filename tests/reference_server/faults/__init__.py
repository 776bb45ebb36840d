"""Each fault in literal bytes, a module a section."""
