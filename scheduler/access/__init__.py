"""Who may see and do what on the web pages and through the API."""
