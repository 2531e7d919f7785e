"""TLS in memory, certificates, and the proof of a password inside it, for both sides alike."""
