"""HTTP on the one port: the page, its WebSockets, the API and metrics."""
