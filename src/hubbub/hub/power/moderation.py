"""Acts of power: who is removed, banned or muted, what holds in a room, and who has power there.

Each is decided here and takes effect where its facts are applied (enforcing.py), so that every
server that reads the log does the same.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat import rules as keys
from hubbub.chat.errors import Refused
from hubbub.chat.events.channels import BanList, Banned
from hubbub.chat.facts import fact_of
from hubbub.chat.listed import BanSummary
from hubbub.chat.names import allowed_name, allowed_room, name_key, same_name
from hubbub.chat.roles import Role, Scope
from hubbub.chat.rules import Ban, Operator, Rules
from hubbub.chat.text import inert_line
from hubbub.hub.asking import Reading, write
from hubbub.hub.flow.drafts import Draft
from hubbub.hub.membership import find_known, find_person, find_room
from hubbub.hub.power import members
from hubbub.hub.power.audit import record
from hubbub.hub.present.room import Room, Session
from hubbub.hub.rules.bans import Bans, Somebody, only, told_deed
from hubbub.hub.rules.rights import Act
from hubbub.hub.rules.scopes import check_scope
from hubbub.hub.rules.targets import Where, parse_network, parse_pattern
from hubbub.hub.standing import (
    check,
    check_entry,
    check_power,
    name_of,
    no_such_room,
    role_elsewhere,
    rules_of,
    told_rules,
)
from hubbub.hub.state import State

KICK_SECONDS = 60
"""How long somebody stays out who is only to leave; else their client would be back at once."""

RULES = {
    "private": Act.PRIVATE,
    "read_only": Act.READ_ONLY,
    "locked": Act.LOCK,
    "archived": Act.ARCHIVE,
    "slow_seconds": Act.SLOW,
    "topic_by": Act.TOPIC_RIGHT,
    "revisions": Act.REVISIONS,
    "title": Act.RENAME,
    "retention": Act.RETENTION,
    "held": Act.HOLD,
    **dict.fromkeys(("invite_only", "key", "limit", "unlisted", "outsiders"), Act.ENTRANCE),
}
"""Whose right it is to change what holds in a room."""


class Deed(NamedTuple):
    """What is done to people for a while or for good: whose right it is, and where it stands."""

    act: Act
    family: str
    done: str
    where: str

    def book(self, state: State) -> Bans:
        """Return all of it that stands."""
        return state.order.bans if self.family == keys.BAN else state.order.mutes


BANNING = Deed(Act.BAN, keys.BAN, "banned", "from")
MUTING = Deed(Act.MUTE, keys.MUTE, "muted", "in")


def kick(state: State, session: Session, command: c.Kick, at: int) -> Reading | Draft:
    """Remove somebody who is here, for a moment, or from a private room until they are added."""
    room = None if command.room is None else find_room(state, session, command.room)
    if room is not None and rules_of(state, room).private:
        return _remove(state, session, room, command, at)
    check(state, session, Act.KICK, room)
    person = find_person(state, command.name)
    if person is session.person:
        raise Refused("You cannot remove yourself. Leave instead.", code="forbidden")
    check_power(state, session, person.id, person.name, room)
    if room is not None and person.key not in room.people:
        raise Refused(f"'{person.name}' is not in '{room.called}'.", code="not_here")
    ban = _for_a_moment(unaimed(session, command, room, at), person.id, person.name)
    ban = replace(ban, network=_network_of(state, session, person.key, person.id))
    return _decide(state, session, BANNING, ban, command.ref)


def _for_a_moment(ban: Ban, id_: str, name: str) -> Ban:
    """Return `ban` as a kick: of one person, and for a minute."""
    until = ban.since + KICK_SECONDS * 1000
    return replace(ban, person=id_, name="" if id_ else name, whom=name, until=until, kick=True)


def _remove(state: State, session: Session, room: Room, command: c.Kick, at: int) -> Reading:
    """Let a member into a private room no longer, who may be away, or be the session's person."""
    id_ = find_known(state, command.name)
    if id_ == session.person.id:
        check(state, session, Act.LEAVE, room)
        yield from members.expel(state, room.name, [id_], by=id_, at=at)
    else:
        check(state, session, Act.KICK, room)
        check_power(state, session, id_, command.name, room)
        if id_ not in rules_of(state, room).members:
            raise Refused(f"'{command.name}' is no member of '{room.called}'.", code="not_here")
        ban = _for_a_moment(unaimed(session, command, room, at), id_, command.name)
        yield from _expel(state, session, room, [id_], ban)
    session.confirm(command.ref)


def _expel(state: State, session: Session, room: Room, ids: Sequence[str], ban: Ban) -> Reading:
    """Ban members of a private room, and let them in no longer."""
    banned = draft_fact(session, keys.BAN + ban.id, ban, ban.since)
    by, at = session.person.id, ban.since
    yield from members.expel(state, room.name, ids, by=by, at=at, bans=[banned])
    record(state, session, told_deed(ban, "kicked" if ban.kick else BANNING.done))


def ban(state: State, session: Session, command: c.Ban, at: int) -> Reading | Draft:
    """Keep somebody out; a private room lets them in no longer, even if they are unbanned."""
    room, aimed = aimed_ban(state, session, command, BANNING.act, at)
    if room is None or not rules_of(state, room).private:
        return _decide(state, session, BANNING, aimed, command.ref)
    return _ban_members(state, session, room, aimed, command.ref)


def _ban_members(state: State, session: Session, room: Room, ban: Ban, ref: str | None) -> Reading:
    ids = members.meant_by(state, room, ban)
    yield from _expel(state, session, room, ids, ban)
    session.confirm(ref)


def mute(state: State, session: Session, command: c.Mute, at: int) -> Draft:
    """Let somebody write nothing."""
    _, aimed = aimed_ban(state, session, command, MUTING.act, at)
    return _decide(state, session, MUTING, aimed, command.ref)


def unban(state: State, session: Session, command: c.Unban, at: int) -> Draft:
    """Let somebody back in."""
    return _take_back(state, session, command, BANNING, at)


def unmute(state: State, session: Session, command: c.Unmute, at: int) -> Draft:
    """Let somebody write again."""
    return _take_back(state, session, command, MUTING, at)


def bans(state: State, session: Session, command: c.Bans, _at: int) -> None:
    """List who is banned, and who is muted."""
    tell_bans(state, session, _place(state, session, command.room, Act.BAN), command.ref)


def tell_bans(state: State, session: Session, room: Room | None, ref: str | None) -> None:
    """Tell a session who is banned from a room, or the chatroom, and who is muted."""
    name = "" if room is None else room.name
    found = [_holding(state, one, name) for one in (state.order.bans, state.order.mutes)]
    newest = state.limits.listed_max
    if session.format.knows_inner:
        told = [
            Banned(ban.whom, ban.by, ban.since, is_muted)
            for is_muted, ones in zip((False, True), found, strict=True)
            for ban in ones[-newest:]
            if not ban.kick
        ]
        session.send(BanList(room=None if room is None else name, bans=told, ref=ref))
        return
    listed_bans, listed_mutes = (
        [BanSummary(one.whom, one.by, one.until, one.reason) for one in ones[-newest:]]
        for ones in found
    )
    session.send(
        e.Bans(
            room=None if room is None else name,
            bans=listed_bans,
            mutes=listed_mutes,
            more=any(len(ones) > newest for ones in found),
            ref=ref,
        )
    )


def set_rules(state: State, session: Session, command: c.SetRules, at: int) -> Reading:
    """Change what holds in a room."""
    room = find_room(state, session, command.room)
    changes = {name: value for name in RULES if (value := getattr(command, name, None)) is not None}
    if not changes:  # nobody's right was looked at, so nothing is written
        tell_rules(state, session, room, command)
        return
    for name in changes:
        check(state, session, RULES[name], room)
    if room.going:
        raise no_such_room(room.name)
    if command.title is not None:
        changes["title"] = _free_title(state, room, command.title)
    rules = rules_of(state, room)
    changed = replace(rules, **changes)
    if changed.retention is not None and changed.retention.is_for_ever:
        changed = replace(changed, retention=None)
    if changed.private != rules.private:
        is_closing = changed.private
        changed = members.closed(session, room, changed) if is_closing else changed.opened()
    yield from change_rules(state, session, room, changed, at)
    if changes.get("key"):
        changes["key"] = "another"  # it is no secret of those who read the record
    said = ", ".join(f"{name} is {value}".lower() for name, value in changes.items())
    record(state, session, f"set in '{room.name}': {said}")
    session.confirm(command.ref)


def tell_rules(state: State, session: Session, room: Room, command: c.SetRules) -> None:
    """Tell a session that changes nothing what holds in a room, if it may read there."""
    check_entry(state, session, Act.READ, room)
    if type(command) is c.SetRules:
        told = told_rules(state, room) or e.RoomRules(room=room.name)
        session.send(replace(told, ref=command.ref))
    else:  # of IRC, which asks otherwise
        session.confirm(command.ref)


def _free_title(state: State, room: Room, raw: str) -> str:
    """Return a title that no other room has, nor as its name; empty for the room's own name."""
    title = allowed_room(raw) if raw else ""
    holder = state.name_of(title)
    if holder == room.name:
        return "" if title == room.name else title
    if holder in state.rooms or holder != title:
        raise Refused(
            f"Another room is called '{title}'. Choose another title for '{room.called}'.",
            code="room_taken",
        )
    return title


def appoint(state: State, session: Session, command: c.Appoint, at: int) -> Reading:
    """Give somebody power, or take it from them."""
    id_ = find_known(state, command.name)
    steps_down = id_ == session.person.id and command.role == "none"
    if command.room is None:
        yield from _appoint_operator(state, session, command, id_, at)
    else:
        room = find_room(state, session, command.room)
        rules = rules_of(state, room)
        if command.role == "operator":
            raise Refused("Operators are those of the whole chatroom. Leave out the room.")
        if steps_down:
            check_scope(session.scopes, Scope.ROOMS)
        else:
            check(state, session, _act_of(rules, id_, command.role), room)
        if command.role != "owner":
            _check_not_owner(rules, id_, room, command.name)
            check_power(state, session, id_, command.name, room)
        appointed = appointed_in(rules, id_, command.role)
        if appointed != rules:
            yield from change_rules(state, session, room, appointed, at)
            record(state, session, f"made '{command.name}' {command.role} in '{room.name}'")
    session.confirm(command.ref)


def _act_of(rules: Rules, id_: str, role: str) -> Act:
    is_moderator = id_ in rules.moderators or id_ == rules.owner
    if role == "writer" or (role == "none" and not is_moderator):
        return Act.LET_WRITE
    return Act.HAND_OVER if role == "owner" else Act.MODERATORS


def _check_not_owner(rules: Rules, id_: str, room: Room, name: str) -> None:
    if id_ == rules.owner:
        raise Refused(
            f"'{name}' owns '{room.called}'; hand it over to somebody else first.", code="forbidden"
        )


def _appoint_operator(
    state: State, session: Session, command: c.Appoint, id_: str, at: int
) -> Reading:
    """Have somebody run the server, or no longer; the last one stays."""
    # One decision at a time: of the last two who step down at once, one has to stay.
    while not state.drafts.is_settled(state.order.appointed):
        yield state.drafts.next_batch()
    check(state, session, Act.OPERATORS, None)
    if command.role not in ("operator", "none"):
        raise Refused(
            f"Nobody is a {command.role} of the whole chatroom. Name the room.", code="bad_command"
        )
    if command.role == "none":
        if id_ != session.person.id:
            check_power(state, session, id_, command.name, None)
        if list(state.order.operators) == [id_]:
            who = "You are" if id_ == session.person.id else f"'{command.name}' is"
            raise Refused(
                f"{who} the only operator. Make somebody else one first.", code="forbidden"
            )
    value = Operator(at, session.person.name) if command.role == "operator" else None
    yield from write(state, [draft_fact(session, keys.OPERATOR + id_, value, at)])
    record(state, session, f"made '{command.name}' {command.role} in the chatroom")


def appointed_in(rules: Rules, id_: str, role: str) -> Rules:
    """Return the rules once somebody has this role; a former owner is a moderator then."""
    moderators = [one for one in rules.moderators if one != id_]
    writers = [one for one in rules.writers if one != id_]
    owner = rules.owner
    if role == "owner":
        moderators += [owner] if owner and owner != id_ else []
        owner = id_
    elif role == "moderator":
        moderators.append(id_)
    elif role == "writer":
        writers.append(id_)
    rules = replace(rules, owner=owner, moderators=tuple(moderators), writers=tuple(writers))
    return rules if role == "none" else rules.letting_in(id_)


def change_rules(state: State, session: Session, room: Room, rules: Rules, at: int) -> Reading:
    """Have a room's rules replaced, unless somebody else does so at the same moment."""
    key = keys.ROOM + room.name
    yield from write(state, [draft_fact(session, key, rules, at, state.order.seq(key))])
    if state.order.rules.get(room.name) != rules:
        raise Refused(
            f"Somebody else changed the rules of '{room.called}' at the same moment. Look at them, "
            "and try again.",
            code="forbidden",
        )


# Whom an act is about.


def _place(state: State, session: Session, raw: str | None, act: Act) -> Room | None:
    """Return the room of an act that the session's person may do there, None for the chatroom."""
    room = None if raw is None else find_room(state, session, raw)
    check(state, session, act, room)
    return room


def aimed_ban(
    state: State, session: Session, command: c.Ban | c.Mute, act: Act, at: int
) -> tuple[Room | None, Ban]:
    """Return the ban, or mute, that somebody may decide on, and its room."""
    room = _place(state, session, command.room, act)
    ban = unaimed(session, command, room, at)
    if command.seconds is not None:
        ban = replace(ban, until=at + command.seconds * 1000)
    return room, _aimed(state, session, command.who, room, ban)


def unaimed(session: Session, command: c.Kick | c.Ban | c.Mute, room: Room | None, at: int) -> Ban:
    """Return a ban for good that is for nobody yet."""
    reason = inert_line(command.reason).strip()
    name = "" if room is None else room.name
    return Ban(room=name, since=at, by=session.person.name, reason=reason)


def _aimed(state: State, session: Session, raw: str, room: Room | None, ban: Ban) -> Ban:
    """Return a ban for whom `raw` means: a person, names, or a network.

    It is a person if somebody is called so, even if it looks like something else.
    """
    raw = inert_line(raw).strip()
    own, is_called_so = session.person, _is_called(state, raw)
    network = None if is_called_so else parse_network(raw)
    if network is not None:
        ban = replace(ban, network=str(network), whom=str(network))
    elif not is_called_so and parse_pattern(raw).where is not Where.WHOLE:
        ban = replace(ban, name=raw, whom=raw)
    else:
        key = name_key(allowed_name(raw))
        person = state.here.holder(key)
        id_ = state.book.names.get(key) or "" if person is None else person.id
        if person is not own:
            check_power(state, session, id_, raw, room)
        network_ = _network_of(state, session, key, id_)
        ban = replace(ban, person=id_, name="" if id_ else raw, network=network_, whom=raw)
        ban = replace(ban, exact=not id_ and "*" in raw)
    if only(ban).find(Somebody(own.id, own.name, session.origin), ban.room, ban.since):
        raise Refused(f"'{raw}' holds for you, too.", code="forbidden")
    return ban


def _is_called(state: State, raw: str) -> bool:
    """Return whether somebody who is here or known has this name."""
    try:
        key = name_key(raw)
    except ValueError:
        return False
    return key in state.here or key in state.book.names


def _network_of(state: State, session: Session, key: str, id_: str) -> str:
    """Return the network of somebody who could come back as somebody else, if it is theirs alone.

    A member would have to claim another name for that. Nobody is banned for having the address of
    somebody else, such as all in a school have, or that of whoever decides it.
    """
    sessions = state.here.named(key)
    if not sessions or role_elsewhere(state, id_) >= Role.MEMBER:
        return ""
    origin = sessions[-1].origin
    others = (one for one in state.here if one.person.key != key)
    is_shared = origin == session.origin or any(one.origin == origin for one in others)
    return "" if not origin or is_shared else str(parse_network(origin) or "")


def _decide(state: State, session: Session, deed: Deed, ban: Ban, ref: str | None) -> Draft:
    fact = draft_fact(session, deed.family + ban.id, ban, ban.since)
    draft = state.drafts.add(fact, session, ref, 0)
    record(state, session, told_deed(ban, "kicked" if ban.kick else deed.done))
    return draft


def draft_fact(
    session: Session,
    key: str,
    value: Ban | Rules | Operator | None,
    at: int,
    expects: int | None = None,
) -> e.Fact:
    """Return a fact by which the session's person decides something."""
    return fact_of(key, value, by=session.person.standing, at=at, expects=expects)


def _take_back(
    state: State, session: Session, command: c.Unban | c.Unmute, deed: Deed, at: int
) -> Draft:
    room = _place(state, session, command.room, deed.act)
    bans = meant(state, room, command.who, deed)
    *_, last = bans
    for id_, ban in bans.items():
        ref = command.ref if id_ == last else None
        draft = state.drafts.add(draft_fact(session, deed.family + id_, None, at), session, ref, 0)
        record(state, session, f"took back: {told_deed(ban, deed.done)}")
    return draft


def meant(state: State, room: Room | None, raw: str, deed: Deed) -> dict[str, Ban]:
    """Return what was done to those who are meant, by id; raise Refused `not_here` if nothing."""
    whom = inert_line(raw).strip()
    of_room = deed.book(state).of_room("" if room is None else room.name)
    network = _network_meant(whom, of_room.values())
    bans = {id_: ban for id_, ban in of_room.items() if _is_meant(state, ban, whom, network)}
    if not bans:
        place = "the chatroom" if room is None else f"'{room.called}'"
        raise Refused(f"'{whom}' is not {deed.done} {deed.where} {place}.", code="not_here")
    return bans


def _network_meant(whom: str, bans: Iterable[Ban]) -> str:
    """Return the network that is meant, empty if it is none: 192.0.2.7 stands as 192.0.2.7/32."""
    try:
        return str(parse_network(whom) or "")
    except Refused:
        if any(same_name(ban.whom, whom) for ban in bans):
            return ""  # somebody is called so
        raise


def _is_meant(state: State, ban: Ban, whom: str, network: str) -> bool:
    if same_name(ban.whom, whom) or (network and network == ban.network):
        return True
    profile = state.book.profiles.told(ban.person)
    names = (name_of(state, ban.person), "" if profile is None else profile.name)
    return any(name and same_name(name, whom) for name in names)


def _holding(state: State, bans: Bans, room: str) -> list[Ban]:
    return [ban for ban in bans.of_room(room).values() if ban.holds(state.at)]
