"""Addresses of recipients, as people type and paste them."""
