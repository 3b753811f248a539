"""What can be wrong with an installation, found before it hurts: each with its remedy."""
