"""What monitoring reads: counts, times and states under names that stay."""
