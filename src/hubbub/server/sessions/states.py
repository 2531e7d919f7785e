"""The states of a conversation, and what makes it wait: the table that `conversation.py` follows.

The conversation acts on one thing at a time, in the order in which the peer said them. Four things
make the next one wait, and stop the reading meanwhile. So what is held for a peer is bounded, and
nothing that it sent is dropped:

    LOG       an earlier command still waits for an answer of the log or the hub; to go on with it
              takes a turn
    COMMIT    too much of what this peer said is on its way to the log
    PEER      the peer leaves too many answers unread
    TURN      it is the turn of others, or the peer has used up what it may use

The state of the connection decides which of these still count:

    state     entered when                           heeds         what is heard then
    OPEN      the connection is made                 all four      acted on, one by one
    HALF      the peer closes its sending half       all four      acted on to the end; the rest is
                                                                   written, then ENDED
    STOPPING  the server stops, or the relay by      LOG and TURN  acted on, one by one, up to the
              which the connection comes                           next secret; questions are
                                                                   dropped: nobody waits
    LOST      the connection is gone                 LOG and TURN  acted on, one by one, but for
                                                                   questions, up to the next secret
                                                                   that has to wait; then GONE
    ENDED     the last words are written             TURN          read, and not acted on any more
    GONE      the session has left the chatroom      (nothing at all)

From the moment that the server stops, nobody waits for a turn any more (`turns.py`); where a relay
stops, the turns of the others go on.

In OPEN and HALF, a lagging session is also served from the log, one portion at a time.
"""

from enum import Enum, auto
from typing import Final

from hubbub.chat import commands as c


class State(Enum):
    """What has become of the connection so far."""

    OPEN = auto()
    HALF = auto()
    STOPPING = auto()
    LOST = auto()
    ENDED = auto()
    GONE = auto()


class Signal(Enum):
    """What may happen to the connection."""

    PEER_ENDS = auto()
    SERVER_STOPS = auto()
    LOSS = auto()
    LAST_WORDS = auto()
    DEPARTURE = auto()


class Wait(Enum):
    """Why the next thing that was heard is not acted on yet."""

    LOG = auto()
    COMMIT = auto()
    PEER = auto()
    TURN = auto()


ASKS: Final = (
    *(c.History, c.Search, c.Mentions, c.Replies, c.Pins, c.Revisions, c.Rooms, c.Members),
    *(c.Profile, c.Devices, c.Hooks, c.Bans, c.Tokens, c.Invitations),
    *(c.Status, c.People, c.Sessions),
)
"""What only asks: nobody needs it who does not hear the answer."""

NEXT: Final = {
    (State.OPEN, Signal.PEER_ENDS): State.HALF,
    (State.OPEN, Signal.SERVER_STOPS): State.STOPPING,
    (State.OPEN, Signal.LOSS): State.LOST,
    (State.OPEN, Signal.LAST_WORDS): State.ENDED,
    (State.HALF, Signal.SERVER_STOPS): State.STOPPING,
    (State.HALF, Signal.LOSS): State.LOST,
    (State.HALF, Signal.LAST_WORDS): State.ENDED,
    (State.STOPPING, Signal.PEER_ENDS): State.STOPPING,
    (State.STOPPING, Signal.LOSS): State.LOST,
    (State.STOPPING, Signal.LAST_WORDS): State.ENDED,
    (State.LOST, Signal.SERVER_STOPS): State.LOST,
    (State.LOST, Signal.LAST_WORDS): State.GONE,  # nobody hears them
    (State.LOST, Signal.DEPARTURE): State.GONE,
    (State.ENDED, Signal.PEER_ENDS): State.ENDED,
    (State.ENDED, Signal.SERVER_STOPS): State.ENDED,
    (State.ENDED, Signal.LAST_WORDS): State.ENDED,
    (State.ENDED, Signal.LOSS): State.GONE,
    (State.GONE, Signal.SERVER_STOPS): State.GONE,
    (State.GONE, Signal.LAST_WORDS): State.GONE,
}
"""The transitions; what is not here cannot happen."""
