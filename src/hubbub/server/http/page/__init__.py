"""The browser page: its files, put together into few, and served."""
