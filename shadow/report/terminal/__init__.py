"""What commands print for people: right in a terminal of any width, in a pipe, and under every colour setting."""
