"""Everything that can go wrong on purpose, as one tree.

    HubbubError            every one has a stable `code` and a sentence for people
     ├ ProtocolError       the peer broke the wire: say the sentence, close
     ├ Refused             the peer may not: the session goes on
     │  ├ WrongSecret      … because a password or a code is wrong: it is counted
     │  └ PutOut           … and the session ends, with the same sentence as its last words
     ├ LogError            nothing was committed; retrying is safe
     │  ├ Damaged          what was asked for cannot be read any more; retrying does not help
     │  └ Interrupted      a read took too long, or the log is being closed
     ├ ConfigError         names the file and the key
     └ Unreachable         no server answered, or it ended the conversation for good

Any other exception is a bug of ours: it ends the one session it happened in.

`COURSES` says of every code that a server sends what becomes of it by itself, and so what a client
does: it repeats what was refused for a passing reason, and tells its user about a lasting one.
"""

from enum import Enum
from typing import Final


class Course(Enum):
    """What becomes of the reason for a refusal if nobody does anything about it."""

    PASSING = "passing"  # repeat the same: in order, with the same nonces, ever more rarely
    LASTING = "lasting"  # tell the person, and give them back what they wrote


COURSES = {
    "log_unavailable": Course.PASSING,
    "slow_down": Course.PASSING,
    "handshake_timeout": Course.PASSING,
    "idle": Course.PASSING,
    "server_fault": Course.PASSING,
    "http_unavailable": Course.PASSING,
    "not_ready": Course.PASSING,
    "slow_body": Course.PASSING,
    "slow_frame": Course.PASSING,
    "too_much": Course.PASSING,
    "damaged": Course.LASTING,
    "bad_command": Course.LASTING,
    "bad_config": Course.LASTING,
    "no_backup": Course.LASTING,
    "not_a_member": Course.LASTING,
    "no_such_room": Course.LASTING,
    "no_such_message": Course.LASTING,
    "no_such_file": Course.LASTING,
    "no_such_upload": Course.LASTING,
    "wrong_offset": Course.LASTING,
    "too_large": Course.LASTING,
    "no_space": Course.LASTING,
    "room_not_allowed": Course.LASTING,
    "room_taken": Course.LASTING,
    "too_many_rooms": Course.LASTING,
    "too_long": Course.LASTING,
    "empty": Course.LASTING,
    "forbidden": Course.LASTING,
    "not_here": Course.LASTING,
    "name_taken": Course.LASTING,
    "name_not_allowed": Course.LASTING,
    "banned": Course.LASTING,
    "muted": Course.LASTING,
    "not_admitted": Course.LASTING,
    "slow_mode": Course.LASTING,
    "invite_only": Course.LASTING,
    "wrong_key": Course.LASTING,
    "room_full": Course.LASTING,
    "not_in_room": Course.LASTING,
    "in_room_already": Course.LASTING,
    "no_password": Course.LASTING,
    "password_needed": Course.LASTING,
    "password_not_allowed": Course.LASTING,
    "wrong_code": Course.LASTING,
    "no_such_hook": Course.LASTING,
    "wrong_invitation": Course.LASTING,
    "wrong_login": Course.LASTING,
    "wrong_token": Course.LASTING,
    "wrong_password": Course.LASTING,
    "protocol_error": Course.LASTING,
    "bad_request": Course.LASTING,
    "foreign_origin": Course.LASTING,
    "not_found": Course.LASTING,
    "method_not_allowed": Course.LASTING,
    "tls_needed": Course.LASTING,
    "unknown_host": Course.LASTING,
    "upgrade_required": Course.LASTING,
}


def is_passing(code: str) -> bool:
    """Return whether what was refused with this code may be taken if it is repeated."""
    return COURSES.get(code) is Course.PASSING


def is_lasting(code: str) -> bool:
    """Return whether a refusal with this code is known to last. A newer server may have others."""
    return COURSES.get(code) is Course.LASTING


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
    no_such_room, no_such_message, no_such_file, too_large, no_space, too_long, empty, forbidden,
    too_many_rooms, not_here.
    `retry_after`: in how many seconds the reason will have passed, if the server knows.
    """

    code = "bad_command"

    def __init__(
        self, sentence: str, *, code: str | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(sentence, code=code)
        self.retry_after = retry_after


class WrongSecret(Refused):
    """What was given to prove something proves nothing. The owner of the connection counts it.

    `account` is what it was given for, whether there is such a one or not; empty for secrets that
    are for no account. Codes: wrong_password, wrong_login, wrong_code.
    """

    def __init__(self, sentence: str, *, code: str, account: str = "") -> None:
        super().__init__(sentence, code=code)
        self.account = account


class PutOut(Refused):
    """The session became one of somebody who is kept out: it ends once it is answered."""


class LogError(HubbubError):
    """The log could not commit or read: the disk is full, locked or failing."""

    code = "log_unavailable"


class Damaged(LogError):
    """The log's file is damaged where it would have to be read. That does not pass by itself."""

    code = "damaged"


NOT_READ = "The server cannot read its log now. Try again in a while."
DAMAGED = "The server's log is damaged where this stands, and it cannot be read any more."


def unreadable(error: LogError) -> Refused:
    """Return what to tell a peer if the log cannot be read; the cause is for the operator."""
    return Refused(DAMAGED if isinstance(error, Damaged) else NOT_READ, code=error.code)


class Interrupted(LogError):
    """A read took too long, or the log is being closed: it was broken off."""


class ConfigError(HubbubError):
    """A configuration file or option that cannot be used."""

    code = "bad_config"


class Unreachable(HubbubError):
    """A client's server cannot be reached, or refused the client for good."""

    code = "unreachable"


KEPT_OUT: Final = (
    *("banned", "not_admitted", "wrong_invitation", "wrong_token"),
    *(LogError.code, Damaged.code),
)
"""Codes for those who said who they are, and are not let in."""
