"""What programs ask: the stats as JSON, and whether this process lives and is ready."""
