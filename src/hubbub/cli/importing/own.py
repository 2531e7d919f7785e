"""Reads what `hubbub export --format json` and `hubbub check --export` write: a line for each."""

from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from hubbub.chat.events import Message
from hubbub.chat.files import size_words
from hubbub.cli.importing.said import BadExport, Given, Said


class _Line(msgspec.Struct, frozen=True):
    type: str = ""
    seq: int = 0


_line = msgspec.json.Decoder(_Line)
_message = msgspec.json.Decoder(Message)


def parse(file: BinaryIO) -> Iterator[Said]:
    """Yield the messages of all rooms, in the order in which they were said.

    It keeps in memory where they stand, not what they say. Raises BadExport, with the number of a
    line.
    """
    places: list[tuple[int, int]] = []
    start = 0
    for number, line in enumerate(file, 1):
        try:
            # What else was logged, and what is missing, is passed over.
            if line.strip() and (found := _line.decode(line)).type == "message":
                _message.decode(line)
                places.append((found.seq, start))
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise BadExport(
                f"line {number} is no message as hubbub exports them: {error}."
            ) from None
        start += len(line)
    for _, place in sorted(places):
        file.seek(place)
        yield _said(_message.decode(file.readline()))


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
