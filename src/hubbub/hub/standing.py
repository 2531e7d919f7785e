"""What somebody is in a room, what the room is, and whether they may do what they ask for.

Most rooms have no rules, and nobody is banned or muted there. Then everything that is said is
allowed after a few look-ups, whatever holds in other rooms.
"""

from __future__ import annotations

import hmac
from heapq import nlargest
from typing import TYPE_CHECKING, Final

from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.names import REPORTS, SERVER_NAME, is_direct, is_public, is_system, name_key
from hubbub.chat.roles import Kind, Role
from hubbub.chat.rules import Restraint, Rules
from hubbub.hub.present.here import BADGE
from hubbub.hub.present.host import HOST
from hubbub.hub.rules import rights
from hubbub.hub.rules.access import Arrival, check_may_enter
from hubbub.hub.rules.bans import Bans, By, Match, Somebody, told_banned, told_muted, told_removed
from hubbub.hub.rules.rights import Act, Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from hubbub.hub.present.person import Person
    from hubbub.hub.present.room import Room, Session
    from hubbub.hub.state import State

PRIVATE_ROOMS_MAX: Final = 1000
"""How many of one person's are listed, searched, and looked through for what waits."""

_RAISED_BY: Final = {role.word: role for role in Role}


def role_elsewhere(state: State, id_: str) -> Role:
    """Return what the person with this id, empty for passing people, is in the whole chatroom."""
    if id_ in state.here.operating:
        return Role.OPERATOR
    if not id_ or id_.startswith(BADGE):
        return Role.PASSING
    if id_ == HOST:
        return Role.HOST
    if id_ in state.order.operators:
        return Role.OPERATOR
    profile = state.book.profiles.get(id_)
    if profile is None:
        return Role.PASSING
    return Role.GUEST if profile.kind == "guest" else Role.MEMBER


def name_of(state: State, id_: str) -> str:
    """Return what somebody with this id is called, empty if that is not known."""
    if id_ == HOST:
        return SERVER_NAME
    if (person := state.here.person(id_)) is not None:
        return person.name
    profile = state.book.profiles.told(id_)
    return "" if profile is None else profile.name


def role_in(state: State, id_: str, room: Room | None) -> Role | None:
    """Return what a person is in a room they see, or in the chatroom; None if they see it not."""
    elsewhere = role_elsewhere(state, id_)
    if room is None or is_direct(room.name):
        return elsewhere
    if is_system(room.name):
        return _role_in_system(state, id_, room.name)
    return rules_of(state, room).role(id_, elsewhere)


def powers(state: State, room: Room) -> dict[str, str]:
    """Return the words for the roles of those who have power in a room, by id."""
    if is_direct(room.name):
        return {}
    rules = rules_of(state, room)
    return (
        dict.fromkeys(rules.moderators, Role.MODERATOR.word)
        | ({rules.owner: Role.OWNER.word} if rules.owner else {})
        | dict.fromkeys((*state.order.operators, *state.here.operating), Role.OPERATOR.word)
    )


def _role_in_system(state: State, id_: str, name: str) -> Role | None:
    """Return what somebody is in a room of the server's: an operator, or a moderator of the room
    that it is about."""
    room = state.rooms.get(name.removeprefix(f"{REPORTS}/"))
    is_about_a_room = room is not None and not is_system(room.name)
    role = role_in(state, id_, room) if is_about_a_room else role_elsewhere(state, id_)
    needed = Role.MODERATOR if is_about_a_room else Role.OPERATOR
    return role if role is not None and role >= needed else None


def private_rooms(state: State, id_: str) -> list[Room]:
    """Return the private rooms that somebody is let into, the newest first: those with the newest
    events, and no more than `PRIVATE_ROOMS_MAX`."""
    rooms = (state.rooms.get(name) for name in state.order.private_of.get(id_, ()))
    return nlargest(PRIVATE_ROOMS_MAX, filter(None, rooms), key=lambda room: (room.last, room.name))


def rules_of(state: State, room: Room) -> Rules:
    """Return what holds in a room. Before anything was said there, it is whoever's opened it.

    A conversation of two is nobody's.
    """
    owner = "" if is_direct(room.name) else room.owner
    return state.order.rules.get(room.name) or Rules(owner=owner)


def place_of(state: State, room: Room | None, id_: str = "") -> Place:
    """Return a room, or the chatroom, as what the person with this id acts in."""
    if room is None:
        return Place("", (Kind.CHATROOM,), lambda role: _names(state, Rules(), role))
    rules = rules_of(state, room)
    kinds = rules.kinds(id_)
    if not is_public(room.name):
        kinds = (Kind.SYSTEM if is_system(room.name) else Kind.CONVERSATION,)
    raised = {Act.TOPIC: _RAISED_BY[rules.topic_by]}
    if rules.owner and is_public(room.name):  # two people have the same rights
        raised[Act.PIN] = Role.MODERATOR
    return Place(room.called, kinds, lambda role: _names(state, rules, role), raised)


def _names(state: State, rules: Rules, role: Role) -> Sequence[str]:
    """Return the names of those who have a role, of the room if any are, those here first."""
    if role > Role.OPERATOR:
        return []
    of_room = [rules.owner] if role <= Role.OWNER else []
    if role <= Role.MODERATOR:
        of_room = [*rules.moderators, rules.owner]
    # Those who are not let into a private room do not see it, either.
    operators = [one for one in state.order.operators if not rules.private or one in rules.members]
    for ids in (of_room, operators):
        found = [(id_, name) for id_ in ids if (name := name_of(state, id_))]
        if found:
            found.sort(key=lambda one: state.here.person(one[0]) is None)
            return [name for _, name in found]
    return []


# What they may.


def check(state: State, session: Session, act: Act, room: Room | None) -> None:
    """Raise Refused `forbidden` if the session's person may not act there, with who could."""
    id_ = session.person.standing
    if room is not None:
        check_sees(state, session, room)
    role = role_in(state, id_, room)
    assert role is not None, "everybody sees the chatroom"
    rights.check(act, role, place_of(state, room, id_), session.scopes)


def may(state: State, id_: str, act: Act, room: Room) -> bool:
    """Return whether the person with this id may act in a room, wherever they are."""
    role = role_in(state, id_, room)
    return role is not None and rights.may(act, role, place_of(state, room, id_))


def check_sees(state: State, session: Session, room: Room) -> None:
    """Raise Refused if a room is not for the session's person to see.

    A private room is `forbidden`, with whom to ask; one of the server's own is `no_such_room`.
    """
    id_ = session.person.standing
    if role_in(state, id_, room) is None:
        raise not_let_in(state, room, id_) if is_public(room.name) else no_such_room(room.name)


def not_let_in(state: State, room: Room, id_: str) -> Refused:
    """Return the refusal of a private room that the person with this id is not let into."""
    place = place_of(state, room)
    if not rules_of(state, room).members:
        who = "nobody is left in it"
    elif id_:
        who = f"ask {rights.ask(place, Role.MODERATOR)} to add you"
    else:
        who = f"join with hubbub or in a browser, and ask {rights.ask(place, Role.MODERATOR)}"
        who += " to add you"
    # By its name: a title is for those who see the room.
    return Refused(f"'{room.name}' is a private room; {who}.", code="forbidden")


def no_such_room(name: str) -> Refused:
    """Return the refusal of a room that is not there, or not theirs to see."""
    return Refused(
        f"There is no room '{name}'. Join it to open it, or ask for the list of rooms.",
        code="no_such_room",
    )


def check_power(state: State, session: Session, person: str, name: str, room: Room | None) -> None:
    """Raise Refused `forbidden` if somebody, by id, is as much there as the session's person."""
    own = session.person.standing
    if room is not None and rules_of(state, room).in_passing:
        return  # those who look after it are equals
    role, theirs = role_in(state, own, room), role_in(state, person, room)
    if person != own or not own:
        # Nobody is nothing in a room that they do not see.
        rights.check_power(
            role or Role.PASSING, theirs or Role.PASSING, name, place_of(state, room)
        )


def check_changing(state: State, session: Session, act: Act, room: Room) -> None:
    """Raise Refused `forbidden` or `muted` if the session's person may not do this in a room."""
    if session.scopes is None and not state.order.restrains(room.name):
        return
    check(state, session, act, room)
    rules = rules_of(state, room)
    if rules.in_passing and session.person.standing in rules.writers:
        return
    match = found(state, state.order.mutes, session, room)
    if match is not None:
        raise Refused(_told(state, match, room, Act.MUTE, told_muted), code="muted")
    if rules.in_passing:
        check_bans(state, session.person, session.origin, room)


def may_change(state: State, session: Session, act: Act, room: Room | None) -> bool:
    """Return whether `check_changing` allows it; without a room, whether they are not muted."""
    if room is None:
        return found(state, state.order.mutes, session, None) is None
    try:
        check_changing(state, session, act, room)
    except Refused:
        return False
    return True


def check_not_held(state: State, room: Room) -> None:
    """Raise Refused `forbidden` if nothing that was said in a room may be changed or removed."""
    if (rules := state.order.rules.get(room.name)) is not None and rules.held:
        raise Refused(
            f"'{room.called}' is under a legal hold: nothing that was said there can be changed or "
            f"deleted until {rights.ask(place_of(state, None), Role.OPERATOR)} ends it.",
            code="forbidden",
        )


def check_speaking(state: State, session: Session, room: Room, nonce: str | None) -> None:
    """Raise Refused `forbidden`, `muted` or `slow_mode` if they may not write in a room now.

    A message that is repeated, with its nonce, need not wait.
    """
    check_changing(state, session, Act.SAY, room)
    if slow_seconds := _slow_seconds(state, session, room):
        who = _key(session.person.id, session.person.key)
        slow = state.order.slow
        slow.check(room.name, who, slow_seconds, state.at, nonce, called=room.title)


def spoke(state: State, session: Session, room: Room, nonce: str | None) -> None:
    """Note that the session's person wrote in a room, which may be in slow mode."""
    if _slow_seconds(state, session, room):
        who = _key(session.person.id, session.person.key)
        state.order.slow.wrote(room.name, who, state.at, nonce)


def recall(state: State, messages: Iterable[e.Message], at: int | None = None) -> None:
    """Note who wrote in a slow room, the earliest first: when they did, or all `at` one time.

    Moderators are among them, but nobody asks when they wrote.
    """
    for one in messages:
        who = _key(one.person, "" if one.person else name_key(one.sender))
        state.order.slow.wrote(one.room, who, one.at if at is None else at, one.nonce)


def heard(state: State, room: Room, events: Sequence[e.AnyLogged]) -> None:
    """Take in who wrote in a room, at whatever node: now, since clocks of nodes may differ."""
    rules = state.order.rules.get(room.name)
    if rules is not None and rules.slow_seconds:
        recall(state, (one for one in events if isinstance(one, e.Message)), at=state.at)


def _slow_seconds(state: State, session: Session, room: Room) -> int:
    """Return for how long this person waits after each message; moderators never do."""
    rules = state.order.rules.get(room.name)
    if rules is None or not rules.slow_seconds:
        return 0
    role = role_in(state, session.person.standing, room)
    return 0 if role is not None and role >= Role.MODERATOR else rules.slow_seconds


def _key(id_: str, key: str) -> str:
    return f"={id_}" if id_ else key  # no key begins so


def check_entry(state: State, session: Session, act: Act, room: Room | None) -> None:
    """Raise Refused `banned` or `forbidden` if the session's person may not enter, or read, a room.

    Without a room, it is the chatroom.
    """
    if room is not None and room.name in state.order.rules:
        check(state, session, act, room)
        if act is Act.READ:
            _check_may_look_in(state, session, room)
    check_bans(state, session.person, session.origin, room)


def check_door(state: State, session: Session, room: Room, key: str) -> None:
    """Raise Refused if the session's person must be invited into a room, or give another key, or
    if the room is full. Those who look after it always enter."""
    rules = state.order.rules.get(room.name)
    if rules is None or not rules.is_guarded:
        return
    if _looks_after(state, session, room):
        return
    who = _who_asks_in(state, room)
    if rules.invite_only and not is_exempt(state, "door", session.person, room.name):
        raise Refused(f"'{room.called}' is for those who are asked in; {who}.", code="invite_only")
    if rules.key and not hmac.compare_digest(rules.key.encode(), key.encode()):
        raise Refused(f"'{room.called}' has a key, and this is not it; {who}.", code="wrong_key")
    if rules.limit and len(room.people) >= rules.limit:
        raise Refused(
            f"'{room.called}' has {rules.limit} people in it, and may not have more; {who}.",
            code="room_full",
        )


def _check_may_look_in(state: State, session: Session, room: Room) -> None:
    """Raise Refused if not everybody may enter a room, or finds it, and they are outside of it."""
    rules = rules_of(state, room)
    is_closed = rules.invite_only or rules.key or rules.unlisted
    if not is_closed or session.person.key in room.people or _looks_after(state, session, room):
        return
    check_found(state, session, room)
    who = _who_asks_in(state, room)
    raise Refused(f"'{room.called}' is read by those who are in it; {who}.", code="forbidden")


def _looks_after(state: State, session: Session, room: Room) -> bool:
    role = role_in(state, session.person.standing, room)
    return role is not None and role >= Role.MODERATOR


def _who_asks_in(state: State, room: Room) -> str:
    return f"{rights.ask(place_of(state, room), Role.MODERATOR)} can ask you in"


def check_found(state: State, session: Session, room: Room) -> None:
    """Raise Refused `no_such_room` if a room is unlisted, and the session's person not in it."""
    rules = state.order.rules.get(room.name)
    if rules is not None and rules.unlisted and session.person.key not in room.people:
        raise no_such_room(room.name)


def check_bans(state: State, person: Person, origin: str, room: Room | None) -> None:
    """Raise Refused `banned` if a room, or the chatroom, is closed to somebody from there."""
    match = _found(state, state.order.bans, person, origin, room)
    if match is not None:
        raise Refused(told(state, match, room), code="banned")


def check_may_drop_name(state: State, session: Session, room: Room | None) -> None:
    """Raise Refused `banned` or `muted` if what holds for somebody there goes by their name."""
    if (match := found(state, state.order.bans, session, room)) and match.by is By.NAME:
        raise Refused(f"Keep your name: {_lowered(told(state, match, room))}", code="banned")
    if (match := found(state, state.order.mutes, session, room)) and match.by is By.NAME:
        sentence = _told(state, match, room, Act.MUTE, told_muted)
        raise Refused(f"Keep your name: {_lowered(sentence)}", code="muted")


def _lowered(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def check_access(state: State, who: Arrival) -> None:
    """Raise Refused `not_admitted` if somebody may not come into the chatroom."""
    check_may_enter(
        state.access,
        who,
        door_locked=state.order.door is not None,
        ask=lambda: rights.ask(place_of(state, None), Role.OPERATOR),
    )


def told(state: State, match: Match, room: Room | None) -> str:
    """Return the sentence that tells somebody of the ban that keeps them out."""
    is_for_good = match.ban.kick and state.order.is_private(match.ban.room)
    return _told(state, match, room, Act.BAN, told_removed if is_for_good else told_banned)


def _told(
    state: State, match: Match, room: Room | None, act: Act, tell: Callable[[Match, str, str], str]
) -> str:
    place = place_of(state, room if match.ban.room else None)
    needed = rights.least(act, place.kinds) or Role.OPERATOR
    return tell(match, place.words, rights.ask(place, needed))


def found(state: State, bans: Bans, session: Session, room: Room | None) -> Match | None:
    """Return the ban, or mute, that holds for a session in a room, or in the chatroom."""
    return _found(state, bans, session.person, session.origin, room)


def _found(
    state: State, bans: Bans, person: Person, origin: str, room: Room | None
) -> Match | None:
    name = "" if room is None else room.name
    if not bans.reach(name):
        return None
    who = Somebody(person.id, person.name, origin)
    match = bans.find(who, name, state.at)
    if match is None:  # as nearly always; then nothing holds for somebody with power, either
        return None
    if (role_in(state, person.standing, room) or Role.PASSING) >= Role.MODERATOR:
        who = Somebody(person.id, "", "")  # names and addresses do not count of those with power
        match = bans.find(who, name, state.at)
    if match is None or not match.ban.room:
        return match
    is_exempt_ = is_exempt(state, "mute" if bans is state.order.mutes else "ban", person, name)
    return bans.find(who, name, state.at, is_exempt=True) if is_exempt_ else match


def is_exempt(state: State, of: Restraint, person: Person, room: str) -> bool:
    """Return whether somebody is exempt from what holds for others in a room."""
    rules = state.order.rules.get(room)
    if rules is None or not rules.exemptions:
        return False
    user = "" if person.shown is None else person.shown.user
    return any(one.holds(of, person.name, user) for one in rules.exemptions)


def told_rules(state: State, room: Room) -> e.RoomRules | None:
    """Return the event that tells what holds in a room, None if nothing does."""
    rules, profiles = rules_of(state, room), state.book.profiles
    if rules == Rules():
        return None

    def names(ids: Iterable[str]) -> list[str]:
        return [name for id_ in ids if (name := name_of(state, id_))]

    named = (rules.owner, *rules.moderators, *rules.writers, *rules.members)
    profiles.prepare([id_ for id_ in named if not id_.startswith(BADGE)])
    return e.RoomRules(
        room=room.name,
        owner=next(iter(names([rules.owner])), ""),
        moderators=names(rules.moderators),
        writers=names(rules.writers),
        read_only=rules.read_only,
        locked=rules.locked,
        archived=rules.archived,
        slow_seconds=rules.slow_seconds,
        topic_by=rules.topic_by,
        revisions=rules.revisions,
        title=rules.title,
        private=rules.private,
        members=names(rules.members),
        retention=rules.retention,
        held=rules.held,
    )
