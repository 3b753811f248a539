"""Feeds of topics."""
