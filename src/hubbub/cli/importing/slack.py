"""Reads an export of Slack: a zip, or the folder in it, with a folder of days for each channel."""

import re
from collections.abc import Iterator, Mapping
from heapq import merge
from operator import attrgetter

import msgspec

from hubbub.cli.importing.fields import Place, decoded
from hubbub.cli.importing.said import SOMEBODY, BadExport, Given, Said
from hubbub.server.http.hooks.slack import unescaped

_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^<>]*)?>")
_COMES_AND_GOES = {
    *("channel_join", "channel_leave", "channel_topic", "channel_purpose", "channel_name"),
    *("group_join", "group_leave", "channel_archive", "channel_unarchive", "bot_add", "bot_remove"),
    "tombstone",
}


class _Profile(msgspec.Struct, frozen=True):
    display_name: str = ""
    real_name: str = ""
    name: str = ""


class _User(msgspec.Struct, frozen=True):
    id: str
    name: str = ""
    real_name: str = ""
    profile: _Profile = _Profile()


class _Channel(msgspec.Struct, frozen=True):
    name: str
    id: str = ""


class _File(msgspec.Struct, frozen=True):
    name: str = ""
    url_private: str = ""
    permalink: str = ""


class _Reaction(msgspec.Struct, frozen=True):
    name: str
    users: list[str] = []


class _Edited(msgspec.Struct, frozen=True):
    ts: str = ""


class _Message(msgspec.Struct, frozen=True):
    ts: str = ""
    subtype: str = ""
    user: str = ""
    username: str = ""
    user_profile: _Profile = _Profile()
    text: str = ""
    thread_ts: str = ""
    files: list[_File] = []
    reactions: list[_Reaction] = []
    edited: _Edited = _Edited()


def parse(root: Place) -> Iterator[Said]:
    """Yield the messages of all public channels as they were said. Raises BadExport."""
    if not (root / "channels.json").exists():
        raise BadExport(f"{root} has no channels.json, as every export of Slack does.")
    users = root / "users.json"
    people = decoded(users, list[_User]) if users.exists() else []
    names = {one.id: _name(one.profile) or one.real_name or one.name for one in people}
    channels = decoded(root / "channels.json", list[_Channel])
    rooms = [_said_in(root / one.name, one, names) for one in channels]
    return merge(*rooms, key=attrgetter("at"))


def _said_in(folder: Place, channel: _Channel, names: Mapping[str, str]) -> Iterator[Said]:
    if not folder.is_dir():
        return  # nothing was said there
    days: list[Place] = [*folder.iterdir()]
    for day in sorted(days, key=lambda place: place.name):
        if day.name.endswith(".json"):
            messages = decoded(day, list[_Message])
            for message in sorted(messages, key=attrgetter("ts")):
                if message.ts and message.subtype not in _COMES_AND_GOES:
                    yield _said(channel, message, names)


def _name(profile: _Profile) -> str:
    return profile.display_name or profile.real_name or profile.name


def _said(channel: _Channel, message: _Message, names: Mapping[str, str]) -> Said:
    text = _MENTION.sub(lambda found: f"@{names.get(found[1], found[1])}", message.text)
    files = (f"{one.name} {one.url_private or one.permalink}".strip() for one in message.files)
    name = (
        names.get(message.user) or _name(message.user_profile) or message.username or message.user
    )
    return Said(
        room=channel.name,
        name=name or SOMEBODY,
        at=_milliseconds(message.ts),
        text="\n".join(filter(None, (unescaped(text), *files))),
        id=message.ts,
        me=message.subtype == "me_message",
        answers=message.thread_ts if message.thread_ts != message.ts else "",
        edited=_milliseconds(message.edited.ts) if message.edited.ts else None,
        reactions=tuple(
            Given(f":{one.name}:", tuple(names.get(user, user) for user in one.users))
            for one in message.reactions
        ),
        place=channel.id,
    )


def _milliseconds(ts: str) -> int:
    try:
        return int(float(ts) * 1000)
    except (ValueError, OverflowError):
        raise BadExport(f"a message of the export has no time, but '{ts[:40]}'.") from None
