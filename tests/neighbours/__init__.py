"""Sources that mean to silence, multiply or misattribute others' stories, on the true daemon."""
