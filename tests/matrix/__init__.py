"""Servers by other hands, judged side by side: `make matrix`."""
