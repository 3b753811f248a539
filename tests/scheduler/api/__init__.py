"""The JSON answers and the health checks, over real SQLite and a real server."""
