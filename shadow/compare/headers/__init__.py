"""Headers → differences.

`profiles.toml` says which headers are compared and how each is read; `profiles` loads it, `readings` reads values into
meanings (`meaning`), and `differences` compares those. `content_types` and `cookie_differences` go part by part.
"""
