"""Bodies → differences: content codings off, told apart by content, each kind read by its own rules."""
