"""Tests of the reports: literal small results in, pages out that are read again."""
