"""The one port and who answers on it: sockets, sessions and the wiring of hub and log."""
