"""TLS on the port: its certificate, its handshakes, and those who come without it."""
