"""What may be mirrored (policy), as which request (translation), and how it is sent (client)."""
