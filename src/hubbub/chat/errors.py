"""Everything that can go wrong on purpose, as one tree.

    HubbubError            every one has a stable `code` and a sentence for people
     ├ ProtocolError       the peer broke the wire: say the sentence, close
     ├ Refused             the peer may not: the session goes on
     ├ LogError            nothing was committed; retrying is safe
     ├ ConfigError         names the file and the key
     └ Unreachable         no server answered, or it ended the conversation for good

Any other exception is a bug of ours: it ends the one session it happened in.
"""


class HubbubError(Exception):
    """A condition that a person is told about: `code` for programs, `str(error)` for people."""

    code: str = "error"

    def __init__(self, sentence: str, *, code: str | None = None) -> None:
        super().__init__(sentence)
        if code is not None:
            self.code = code


class ProtocolError(HubbubError):
    """The peer broke the wire format; after it, no byte of the stream can be trusted."""

    code = "protocol_error"


class Refused(HubbubError):
    """The peer asked for what it may not have; nothing was changed and the session goes on.

    Codes: bad_command, name_taken, name_not_allowed, room_not_allowed, not_a_member,
    no_such_room, no_such_message, too_long, empty, forbidden, too_many_rooms, not_here.
    """

    code = "bad_command"


class LogError(HubbubError):
    """The log could not commit or read: the disk is full, locked, failing or corrupt."""

    code = "log_unavailable"


class ConfigError(HubbubError):
    """A configuration file or option that cannot be used."""

    code = "bad_config"


class Unreachable(HubbubError):
    """A client's server cannot be reached, or refused the client for good."""

    code = "unreachable"
