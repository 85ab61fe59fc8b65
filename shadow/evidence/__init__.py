"""Observations → additive counters, distinct sets, sketches."""
