"""Locust load tests for SSE fan-out; every helper file begins with an underscore."""
