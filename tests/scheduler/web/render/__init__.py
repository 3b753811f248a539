"""The stats site, over real SQLite and a real server."""
