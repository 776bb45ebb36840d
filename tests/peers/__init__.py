"""Servers by other hands, which tests and bench run beside ours."""
