"""A message with its answers, as long as somebody looks at them."""

from hubbub.chat.errors import Refused
from hubbub.chat.events import Message
from hubbub.desk.desk import Desk
from hubbub.desk.emoji_names import with_emoji
from hubbub.desk.log import Pending

PAGES_MAX = 5
"""Of 200 answers each; who wants more reads them in the room."""

_PAGE = 200


class Thread:
    """Answers come from the server once, and then with the room's own messages."""

    def __init__(self, desk: Desk, message: Message) -> None:
        self.root = message
        self._desk = desk
        self._room = desk.rooms.current
        self._answers: dict[int, Message] = {}
        self.more = False
        """Whether there are more answers than are shown."""

    async def load(self) -> None:
        """Get the answers that there are."""
        after = 0
        for _ in range(PAGES_MAX):
            page = await self._desk.chat.replies(
                self._room.name, self.root.seq, after=after, limit=_PAGE
            )
            self._answers |= {one.seq: one for one in page.messages}
            self.more = page.more
            if not page.more:
                break
            after = page.messages[-1].seq

    @property
    def answers(self) -> list[Message]:
        """The answers as they read now, the oldest first."""
        replica = self._desk.chat.replicas.get(self._room.name)
        for one in replica.messages if replica is not None else ():
            if one.seq == self.root.seq:
                self.root = one
            if one.reply_to == self.root.seq or one.seq in self._answers:
                self._answers[one.seq] = one
        return [self._answers[seq] for seq in sorted(self._answers)]

    @property
    def pending(self) -> list[Pending]:
        """The user's answers that are on their way."""
        return [one for one in self._room.log.pending if one.reply_to == self.root.seq]

    def say(self, text: str) -> None:
        """Answer the message; raise Refused where the user may not write."""
        if silence := self._desk.silence(self._room):
            raise Refused(silence)
        self._desk.posting.say(self._room, with_emoji(text), self.root.seq)
