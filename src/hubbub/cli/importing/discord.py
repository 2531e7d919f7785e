"""Reads what DiscordChatExporter writes as JSON: one file for each channel."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from hubbub.cli.importing.fields import Place, decoded
from hubbub.cli.importing.said import SOMEBODY, Given, Said


class _Channel(msgspec.Struct, frozen=True):
    name: str
    id: str = ""


class _Person(msgspec.Struct, frozen=True):
    name: str = ""
    nickname: str = ""

    @property
    def called(self) -> str:
        """What others read there."""
        return self.nickname or self.name or SOMEBODY


class _Attachment(msgspec.Struct, frozen=True, rename="camel"):
    url: str = ""
    file_name: str = ""


class _Emoji(msgspec.Struct, frozen=True):
    name: str = ""


class _Reaction(msgspec.Struct, frozen=True):
    emoji: _Emoji = _Emoji()
    users: list[_Person] = []


class _Reference(msgspec.Struct, frozen=True, rename="camel"):
    message_id: str | None = None


class _Sticker(msgspec.Struct, frozen=True):
    name: str = ""


class _Message(msgspec.Struct, frozen=True, rename="camel"):
    id: str
    timestamp: datetime
    type: str = "Default"
    timestamp_edited: datetime | None = None
    is_pinned: bool = False
    content: str = ""
    author: _Person = _Person()
    attachments: list[_Attachment] = []
    stickers: list[_Sticker] = []
    reactions: list[_Reaction] = []
    reference: _Reference | None = None


class _Export(msgspec.Struct, frozen=True):
    channel: _Channel
    messages: list[_Message]


def parse(place: Place) -> Iterator[Said]:
    """Yield the messages of a channel, in order. Raises BadExport."""
    export = decoded(place, _Export)
    for message in export.messages:
        if message.type in ("Default", "Reply", "20"):  # 20: a command of a bot, and its answer
            yield _said(export.channel, message)


def _said(channel: _Channel, message: _Message) -> Said:
    files = (f"{one.file_name} {one.url}".strip() for one in message.attachments)
    stickers = (f"[{one.name}]" for one in message.stickers)
    return Said(
        room=channel.name,
        name=message.author.called,
        at=_milliseconds(message.timestamp),
        text="\n".join(filter(None, (message.content, *files, *stickers))),
        id=message.id,
        answers=(message.reference.message_id or "") if message.reference else "",
        edited=None
        if message.timestamp_edited is None
        else _milliseconds(message.timestamp_edited),
        pinned=message.is_pinned,
        reactions=tuple(
            Given(one.emoji.name, tuple(user.called for user in one.users))
            for one in message.reactions
            if one.emoji.name
        ),
        place=channel.id,
    )


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
