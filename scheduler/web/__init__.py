"""The stats site: pages for operators, rendered on the server, complete without JavaScript."""
