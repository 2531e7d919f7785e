"""The states of a session, and which may follow which.

state       what it is                                              may become
IDLE        not started                                             DIALLING
DIALLING    a connection is being made                              GREETING, WAITING, OVER
GREETING    we have said our name; no welcome has come yet          CLASSIC, UNLOCKING, …
UNLOCKING   we have given the password                              IDENTIFYING, RESUMING, …
IDENTIFYING we have given the secret of our device                  ONLINE, …
RESUMING    we have given the secret of our earlier connection      ONLINE, …
ONLINE      events flow                                             …
CLASSIC     the server is a tutorial's, as far as we know           UNLOCKING, …
WAITING     the connection is lost; we dial again at `wake_at`      DIALLING, OVER
OVER        refused, taken over, given up or closed                 nothing
… stands for the later ones of UNLOCKING, IDENTIFYING, RESUMING, ONLINE, and for WAITING and OVER:
any connection may be lost, and any server may refuse.
"""

from enum import Enum


class State(Enum):
    """Where a session stands; the table above says what each means."""

    IDLE = "idle"
    DIALLING = "dialling"
    GREETING = "greeting"
    UNLOCKING = "unlocking"
    IDENTIFYING = "identifying"
    RESUMING = "resuming"
    ONLINE = "online"
    CLASSIC = "classic"
    WAITING = "waiting"
    OVER = "over"


_ENDS = {State.WAITING, State.OVER}
_KNOWN = {State.IDENTIFYING, State.RESUMING, State.ONLINE}
WELCOMED = {State.UNLOCKING} | _KNOWN
"""A server has said that it speaks events, and the connection lives."""

NEXT: dict[State, set[State]] = {
    State.IDLE: {State.DIALLING, State.OVER},
    State.DIALLING: {State.GREETING} | _ENDS,
    State.GREETING: {State.CLASSIC} | WELCOMED | _ENDS,
    State.UNLOCKING: _KNOWN | _ENDS,
    State.IDENTIFYING: {State.ONLINE} | _ENDS,
    State.RESUMING: {State.ONLINE} | _ENDS,
    State.ONLINE: _ENDS,
    State.CLASSIC: WELCOMED | _ENDS,
    State.WAITING: {State.DIALLING, State.OVER},
    State.OVER: set(),
}
