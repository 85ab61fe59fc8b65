"""Documents (JSON, and what reads like it) → differences: one strict, rule-aware walk, then one DeepDiff call."""
