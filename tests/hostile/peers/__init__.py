"""What went wrong at our peers, each advisory a test of ours that is named after it."""
