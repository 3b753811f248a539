"""What operators do, each with its line in the audit log: one way for pages, API and commands."""
