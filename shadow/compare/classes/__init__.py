"""What a person would call a difference between two values."""
