"""Topics as a TOML file: read with all its flaws told, compared with what is stored, written."""
