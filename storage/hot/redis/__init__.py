"""Redis, where several processes share the hot state; all that it holds is rebuilt from the truth."""
