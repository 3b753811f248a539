"""Fuzzing: whatever the bytes are, what reads them ends within a second, with a result or a named error."""
