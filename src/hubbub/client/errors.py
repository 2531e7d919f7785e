"""How a connection ends."""


class Disconnected(Exception):
    """The connection is lost or was not made; str() is the reason, in a few plain words.

    `retry_after`: for how many seconds, at least, it is of no use to make it again. `code`: that of
    the server's goodbye.
    """

    def __init__(self, reason: str, *, retry_after: float = 0, code: str = "") -> None:
        super().__init__(reason)
        self.retry_after = retry_after
        self.code = code
