"""Recorded traffic, read from whatever form people have it in, and written in one of our own."""
