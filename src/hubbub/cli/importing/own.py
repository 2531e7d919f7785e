"""Reads what `hubbub export --format json` and `hubbub check --export` write: a line for each."""

from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from hubbub.chat.events import Fact, Message
from hubbub.chat.files import size_words
from hubbub.chat.rules import ROOM, makes_private
from hubbub.cli.importing.said import BadExport, Given, Said


class _Line(msgspec.Struct, frozen=True):
    type: str = ""
    seq: int = 0


_line = msgspec.json.Decoder(_Line)
_message = msgspec.json.Decoder(Message)
_fact = msgspec.json.Decoder(Fact)


def parse(file: BinaryIO) -> Iterator[Said]:
    """Yield the messages of all rooms, in the order in which they were said.

    It keeps in memory where they stand, not what they say. Facts, where there are any, tell which
    rooms are private. Raises BadExport, with the number of a line.
    """
    places: list[tuple[int, int]] = []
    private: set[str] = set()
    start = 0
    for number, line in enumerate(file, 1):
        try:
            # What else was logged, and what is missing, is passed over.
            found = _line.decode(line) if line.strip() else _Line()
            if found.type == "message":
                _message.decode(line)
                places.append((found.seq, start))
            elif found.type == "fact" and makes_private(fact := _fact.decode(line)):
                private.add(fact.key.removeprefix(ROOM))
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise BadExport(
                f"line {number} is no message as hubbub exports them: {error}."
            ) from None
        start += len(line)
    for _, place in sorted(places):
        file.seek(place)
        message = _message.decode(file.readline())
        yield _said(message)._replace(private=message.room in private)


def _said(message: Message) -> Said:
    files = (f"{one.name} ({size_words(one.size)})" for one in message.files)
    return Said(
        room=message.room,
        name=message.sender,
        at=message.at,
        text="\n".join(filter(None, (message.text, *files))),
        id=str(message.seq),
        me=message.me,
        answers="" if message.reply_to is None else str(message.reply_to),
        edited=message.edited,
        deleted=message.deleted,
        pinned=message.pinned,
        reactions=tuple(Given(emoji, tuple(names)) for emoji, names in message.reactions.items()),
    )
