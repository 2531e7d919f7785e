"""Says what is in the outbox, in order, and learns what becomes of it. Pure.

What the server could not take just now is said again, in its order (see `patience.py`). Many
messages are written before the first of them is answered. So that none of them is posted while one
before it is not, each names the one that it is `behind`.
"""

from collections.abc import Callable, Iterable

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import HubbubError, Refused, is_passing
from hubbub.client.events import Delayed
from hubbub.client.me import Me
from hubbub.client.outbox import Outbox
from hubbub.client.outputs import Output, Posted
from hubbub.client.patience import Patience
from hubbub.client.questions import About
from hubbub.client.retry import Backoff

Ask = Callable[[About, c.Command, float], str]


class Posting:
    """`ask` writes a command and returns its ref; `delayed` tells the application.

    `may_post`: whether a room takes messages now.
    """

    def __init__(
        self,
        outputs: list[Output],
        backoff: Callable[[], Backoff],
        *,
        ask: Ask,
        may_post: Callable[[str], bool],
        delayed: Callable[[Delayed], None],
    ) -> None:
        self.outbox = Outbox()
        self._outputs = outputs
        self._ask = ask
        self._may_post = may_post
        self._delayed = delayed
        self._patience = Patience(backoff)
        self._behind: dict[str, str] = {}
        """By room, the ref of the newest message that is not answered yet."""

    def end(self) -> None:
        """Take in that the connection is lost: what is not done waits again."""
        self.outbox.rewind()
        self._patience.clear()
        self._behind.clear()

    @property
    def due_at(self) -> float:
        """When to call `tick`."""
        return self._patience.due_at

    def tick(self, now: float) -> None:
        """Say again what has waited long enough."""
        for room in self._patience.due(now):
            self.outbox.resume(room)
        self.write(now)

    def write(self, now: float) -> None:
        """Write what may be written."""

        for post in self.outbox.take(lambda post: self._may_write(post.room)):
            say = c.Say(
                nonce=post.nonce,
                room=post.room,
                text=post.text,
                reply_to=post.reply_to,
                behind=self._behind.get(post.room),
                me=post.me,
                files=post.files,
            )
            try:
                self._behind[post.room] = self._ask(About.POSTING, say, now)
            except Refused as refusal:
                self.settle(post.nonce, refusal)

    def _may_write(self, room: str) -> bool:
        if not self._may_post(room) or self._patience.stops(room):
            return False
        return not (self._patience.tries(room) and self.outbox.has_written(room))

    def needs(self, room: str) -> bool:
        """Whether something waits in a room because the server could not take what was said."""
        is_stopped = self._patience.stops(room) or self._patience.tries(room)
        return is_stopped and any(post.room == room for post in self.outbox.posts)

    def settle(self, nonce: str, outcome: int | HubbubError | None) -> None:
        """Take in what became of a message."""
        if self.outbox.done(nonce) is not None:
            self._outputs.append(Posted(nonce, outcome))

    def came_back(self, messages: Iterable[e.Message], me: Me) -> bool:
        """Settle the posts that are messages of the room now; return whether there are any."""
        before = len(self.outbox)
        for message in messages:
            nonce = message.nonce
            # The same nonce by somebody else is another message.
            if nonce is not None and nonce in self.outbox and me.did(message):
                self.settle(nonce, message.seq)
        return len(self.outbox) < before

    def answered(self, say: c.Say, outcome: int | Refused | None, now: float) -> None:
        """Take in the answer to a message: its seq, or why it is refused."""
        room, nonce = say.room, say.nonce or ""
        if self._behind.get(room) == say.ref:
            del self._behind[room]
        if not isinstance(outcome, Refused):
            self.settle(nonce, outcome)
            self._patience.took(room)
        elif not is_passing(outcome.code):
            self.settle(nonce, outcome)
        elif self.outbox.put_off(nonce) and self._patience.stop(room, outcome):
            self._delayed(Delayed(room, str(outcome)))
        if self._patience.stops(room) and not self.outbox.has_written(room):
            self._wait(room, now)
        self.write(now)

    def _wait(self, room: str, now: float) -> None:
        if (refusal := self._patience.wait(room, now)) is not None:
            for post in self.outbox.posts:
                if post.room == room:
                    self.settle(post.nonce, refusal)
