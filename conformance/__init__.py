"""The conformance suite for SSE servers: the oracle, the checks, the targets."""
