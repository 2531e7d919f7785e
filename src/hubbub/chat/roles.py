"""What people are, what their programs were allowed, and what rooms are: rights depend on these."""

from enum import IntEnum, StrEnum


class Role(IntEnum):
    """What somebody is somewhere, from the least to the most. Each may do all that those below may.

    The first three are what somebody is in the whole chatroom: passing people are only a name and
    a connection, guests are known by a secret of their client's, members have claimed their name.
    Moderators and owners are those of one room. Operators run the server, and the host is whoever
    has the machine that it runs on, and its folder.
    """

    PASSING = 0
    GUEST = 1
    MEMBER = 2
    MODERATOR = 3
    OWNER = 4
    OPERATOR = 5
    HOST = 6

    @property
    def word(self) -> str:
        """What people call it."""
        return self.name.lower()


class Scope(StrEnum):
    """What a bot's token is for. A bot may do what its role may, as far as its scopes go."""

    READ = "read"
    WRITE = "write"
    ROOMS = "rooms"
    ADMIN = "admin"


class Kind(StrEnum):
    """What a room is, as far as rights depend on it. A room may be of several kinds at once.

    `CHATROOM` is none: it stands for the chatroom as a whole.
    """

    PUBLIC = "public"
    READ_ONLY = "read-only"
    LOCKED = "locked"
    PRIVATE = "private"
    CONVERSATION = "conversation"
    ARCHIVED = "archived"
    SYSTEM = "system"
    CHATROOM = "chatroom"
