"""IRC: bytes to vocabulary and back (docs/irc.md). What a client asks for becomes commands of the
chatroom, and what these bring becomes lines."""
