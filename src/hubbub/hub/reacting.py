"""What people and programs say to a message or a room without words: reactions and signals."""

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.names import same_name
from hubbub.chat.programs import allowed_tags, size_of
from hubbub.chat.text import inert_line
from hubbub.hub.asking import Reading, read_reactions
from hubbub.hub.membership import own_membership
from hubbub.hub.posting import find_message_to_change, submit
from hubbub.hub.present.room import Session
from hubbub.hub.rules.rights import Act
from hubbub.hub.standing import check_changing
from hubbub.hub.state import State

EMOJI_MAX = 20
"""Different ones on one message; a few more if sessions react at the same moment."""

REACTIONS_MAX = 1000
"""All reactions to one message, likewise: every page that shows it holds all their names."""


def react(state: State, session: Session, command: c.React, at: int) -> Reading:
    """Give a message an emoji, or take it back."""
    room = own_membership(state, session, command.room).room
    check_changing(state, session, Act.REACT, room)
    emoji = inert_line(command.emoji)
    if not emoji or any(char.isspace() for char in emoji):
        raise Refused("A reaction is one emoji or short word, without spaces.", code="bad_command")
    message = yield from find_message_to_change(state, session, room, command.seq)
    given, person = message.reactions.get(emoji, ()), session.person
    found = yield from read_reactions(room.name, person.id, [command.seq] if given else [])
    # Those who had another name when they gave it take it back under that one.
    changes = [
        (one.sender, False)
        for one in found
        if one.emoji == emoji and (person.id or same_name(one.sender, person.name))
    ]
    if command.on:
        changes.append((person.name, True))
    if not changes or (command.on and any(same_name(name, person.name) for name in given)):
        session.confirm(command.ref)  # it stands so already
        return
    if command.on:
        _check_room_for(message, emoji)
    for name, on in changes:
        draft = e.Reaction(
            room=room.name,
            seq=0,
            prev=0,
            sender=name,
            person=person.id,
            at=at,
            target=command.seq,
            emoji=emoji,
            on=on,
        )
        ref = command.ref if (name, on) == changes[-1] else None
        submit(state, session, draft, ref, len(emoji))


def _check_room_for(message: e.Message, emoji: str) -> None:
    """Raise Refused `too_long` if the message takes no further reaction."""
    if emoji not in message.reactions and len(message.reactions) >= EMOJI_MAX:
        raise Refused(
            f"Message {message.seq} has {len(message.reactions)} different reactions; the limit is "
            f"{EMOJI_MAX}. Join in one of them.",
            code="too_long",
        )
    count = sum(map(len, message.reactions.values()))
    if count >= REACTIONS_MAX:
        raise Refused(
            f"Message {message.seq} has {count} reactions; the limit is {REACTIONS_MAX}. "
            "Answer it instead.",
            code="too_long",
        )


def signal(state: State, session: Session, command: c.Signal, at: int) -> None:
    """Tell a room what only programs heed."""
    room = own_membership(state, session, command.room).room
    check_changing(state, session, Act.SAY, room)
    tags, person = allowed_tags(command.tags), session.person
    draft = e.Signal(
        room=room.name, seq=0, prev=0, sender=person.name, person=person.id, at=at, tags=tags
    )
    submit(state, session, draft, command.ref, size_of(tags))
