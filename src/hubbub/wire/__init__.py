"""Bytes to vocabulary and back: frames, JSON, and the formats of fan-out. Performs no I/O."""
