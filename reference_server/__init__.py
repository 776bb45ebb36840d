"""A compact, correct, fast SSE server with a live dashboard; and able to do every point wrong on purpose."""
