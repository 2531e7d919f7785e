"""Writes what was said elsewhere into a log: under the names and at the times that it had there.

A message is nobody's here, whatever its sender is called, and is marked with where it comes from.
Its key is its nonce, which for such messages belongs to the room alone (log/nonces.py): so the log
passes over what it has already, also if somebody is called otherwise there by now.

What became of a message, its deletion, reactions and pin, is committed after it. An import that is
done again, because it was broken off in between, or with a newer export, brings what of that is
missing.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress

from msgspec.structs import replace

from hubbub.chat.commands import Brought
from hubbub.chat.errors import Damaged
from hubbub.chat.events import AnyLogged, Deleted, Imported, Message, Pinned, Reaction
from hubbub.chat.queries import PageQuery
from hubbub.chat.rules import ROOM, rules_in
from hubbub.log.port import Log

PART_BYTES = 32_768
"""Texts that are committed at once: members may hear all of them."""

CHANGES_MAX = 200
"""Changes that are committed at once."""

DELETED = "(deleted)"
"""Stands until its deletion is committed: a message that says nothing is taken for damage."""

Append = Callable[[Sequence[AnyLogged]], Awaitable[list[int]]]


class Importing:
    """Reads the `log`, and writes to it by `append`, which commits entries as a log does."""

    def __init__(self, log: Log, append: Append) -> None:
        self._log = log
        self._append = append

    async def bring(self, source: str, messages: Sequence[Brought]) -> Imported:
        """Write messages, those of a room in their order. Raises LogError.

        None of them answers another one of them.
        """
        seqs: list[int] = []
        new: list[bool] = []
        for part in _parts(messages):
            drafts = [_draft(source, one) for one in part]
            at = await self._append(drafts)
            changes: list[AnyLogged] = []
            for one, draft, seq in zip(part, drafts, at, strict=True):
                if one.deleted and self._is_held(one.room):
                    continue
                if one.deleted or one.pinned or one.reactions:
                    changes += _changes(one, draft if draft.seq else await self._known(draft, seq))
            for start in range(0, len(changes), CHANGES_MAX):
                await self._append(changes[start : start + CHANGES_MAX])
            seqs += at
            new += [bool(draft.seq) for draft in drafts]
        return Imported(seqs=seqs, new=new)

    async def _known(self, draft: Message, seq: int) -> Message:
        """Return a message that was brought before as it is now; one that is gone as deleted."""
        query = PageQuery(room=draft.room, after=seq - 1, before=seq + 1, limit=1)
        with suppress(Damaged):
            if found := (await self._log.page(query)).messages:
                return found[0]
        return replace(draft, deleted=True)

    def _is_held(self, room: str) -> bool:
        """Return whether the room is under a legal hold: then nothing is deleted there."""
        try:
            rules = [rules_in(fact) for fact in self._log.look_up([ROOM + room])]
        except Damaged:
            return True
        return any(one.held for one in rules if one is not None)


def _parts(messages: Sequence[Brought]) -> Iterator[Sequence[Brought]]:
    start = size = 0
    for place, one in enumerate(messages):
        size += len(one.text)
        if size > PART_BYTES and place > start:
            yield messages[start:place]
            start, size = place, len(one.text)
    yield messages[start:]


def _draft(source: str, one: Brought) -> Message:
    return Message(
        room=one.room,
        seq=0,
        prev=0,
        sender=one.sender,
        at=one.at,
        text=DELETED if one.deleted else one.text,
        nonce=one.key,
        reply_to=one.answers,
        me=one.me,
        edited=one.edited,
        imported=source,
    )


def _changes(one: Brought, now: Message) -> Iterator[AnyLogged]:
    """Yield what became of a message elsewhere, and not of what stands here `now`."""

    def place(sender: str) -> dict[str, object]:
        at = {"room": now.room, "seq": 0, "prev": 0, "at": one.at, "target": now.seq}
        return {**at, "sender": sender}

    if now.deleted:
        return
    if one.deleted:
        yield Deleted(**place(one.sender))  # type: ignore[arg-type]
        return
    if one.pinned and not now.pinned:
        yield Pinned(**place(one.sender), on=True)  # type: ignore[arg-type]
    for emoji, names in ((given.emoji, given.names) for given in one.reactions):
        given = now.reactions.get(emoji, ())
        for name in names:
            if name not in given:
                yield Reaction(**place(name), emoji=emoji, on=True)  # type: ignore[arg-type]
