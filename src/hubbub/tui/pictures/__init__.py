"""Pictures: fetched, drawn as half blocks in the log, and shown as the terminal can show them."""
