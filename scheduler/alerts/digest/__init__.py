"""Digests and summaries: what waits for a recipient is told in one message, at its time."""
