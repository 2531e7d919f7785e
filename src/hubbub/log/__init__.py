"""The ordered, durable record of every room. Knows events; no rules, sockets or wire formats."""
