"""How a connection ends."""


class Disconnected(Exception):
    """The connection is lost or was not made; str() is the reason, in a few plain words."""
