"""A certificate of an authority that gives them out by itself (RFC 8555), where it is asked for."""
