"""The pages by what they show: each module reads it, arranges it, and takes what its forms send."""
