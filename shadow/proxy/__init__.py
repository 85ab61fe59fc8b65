"""The addon: captures what the answering side said, and hands it over. Runs inside mitmdump's event loop."""
