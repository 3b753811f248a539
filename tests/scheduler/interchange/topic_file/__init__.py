"""Topics as a TOML file."""
