"""Our own tests; the only place where server and oracle meet in one process."""
