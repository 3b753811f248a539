"""When to come back to a source or a page, and why then: pure policy."""
