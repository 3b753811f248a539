"""What is shipped to run it."""
