"""What keeps order in rooms: bans, and what holds there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.wire.irc.line import Line
from hubbub.wire.irc.modes import Masks, as_modes, mask_of, modes_in
from hubbub.wire.irc.names import channel_of, nick_of, source_of
from hubbub.wire.irc.numerics import N
from hubbub.wire.irc.texts import to_irc

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hubbub.chat.events.channels import About, BanList, ExemptionList, Ordered
    from hubbub.wire.irc.client import Client


def bans(client: Client, event: BanList) -> Iterable[Line]:
    """Return who may not enter a room, or not speak there."""
    asked = client.asking.answered(event.ref)
    if asked is None:
        return []
    lines = [
        client.numeric(
            N.BANLIST,
            asked.target,
            mask_of(one.whom, is_muted=one.is_muted),
            nick_of(one.by) or client.host,
            str(one.since // 1000),
        )
        for one in event.bans
    ]
    lines.append(client.numeric(N.ENDOFBANLIST, asked.target, "End of channel ban list"))
    return client.answer(lines, asked.label)


def exemptions(client: Client, event: ExemptionList) -> Iterable[Line]:
    """Return who is exempt from bans and mutes of a room, or enters it without being asked in."""
    asked = client.asking.answered(event.ref)
    if asked is None:
        return []
    is_of_door = asked.detail == "I"
    one_, end = (N.INVEXLIST, N.ENDOFINVEXLIST) if is_of_door else (N.EXCEPTLIST, N.ENDOFEXCEPTLIST)
    lines = [
        client.numeric(
            one_,
            asked.target,
            Masks(one.name, one.user, one.of == "mute").whole,
            nick_of(one.by) or client.host,
            str(one.since // 1000),
        )
        for one in event.exemptions
    ]
    what = "invite exception" if is_of_door else "exception"
    lines.append(client.numeric(end, asked.target, f"End of channel {what} list"))
    return client.answer(lines, asked.label)


def about(client: Client, event: About) -> Iterable[Line]:
    """Return the modes of a room, or its topic; take in what precedes being in one."""
    asked = client.asking.answered(event.ref)
    if asked is None:
        client.about = event
        return []
    if asked.command == "TOPIC":
        lines = topic(client, asked.target, event) or [
            client.numeric(N.NOTOPIC, asked.target, "No topic is set.")
        ]
    else:
        lines = [client.numeric(N.CHANNELMODEIS, asked.target, *modes_in(event))]
        if event.opened_at:
            opened = str(event.opened_at // 1000)
            lines.append(client.numeric(N.CREATIONTIME, asked.target, opened))
    return client.answer(lines, asked.label)


def topic(client: Client, channel: str, event: About) -> list[Line]:
    """Return what a room is about, and who said so when; nothing if no topic is set."""
    if not event.topic:
        return []
    lines = [client.numeric(N.TOPIC, channel, to_irc(event.topic))]
    if event.topic_at:
        at = str(event.topic_at // 1000)
        lines.append(client.numeric(N.TOPICWHOTIME, channel, nick_of(event.topic_by), at))
    return lines


def ordered(client: Client, event: Ordered) -> Iterable[Line]:
    """Return by modes what somebody changed in a room that the client is in."""
    if event.room not in client.rooms:
        return []
    source = source_of(event.by) if event.by else client.host
    return [Line("MODE", (channel_of(event.room), *as_modes(event.changes)), source)]
