"""The promises of a server and a relay of it, whatever becomes of either, or of their link."""
