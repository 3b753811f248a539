"""What a topic found, as feeds that any reader can subscribe to."""
