"""What it costs to act on what a peer says, in units: one is a short message in a small room.

A price is in proportion to what is done for the peer, on this side of the log: members that are
listed, members that are told of it, rows and bytes of answers. The figures are those of
docs/performance.md, rounded. They need not be exact: they are to keep anything from being
cheap to ask for and expensive to do. What is said to a room is cheap for each listener, because a
commit brings all that was said meanwhile in one write.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from hubbub.chat import commands as c
from hubbub.chat.events import Message, Page, Revision, Revisions
from hubbub.chat.heard import Adapt, Filler, Goodbye, Introduction, PlainLine, Read, Refusal, Reply
from hubbub.chat.names import DEFAULT_ROOM
from hubbub.chat.queries import Answer
from hubbub.hub.audience import TOLD, hearing, onlookers, over_irc, watching, witnesses
from hubbub.hub.power.across import CONVERSATIONS_MAX
from hubbub.hub.power.moderation import RULES
from hubbub.hub.present.room import Room, Session
from hubbub.hub.state import State

CHUNK: Final = 0.1
"""A piece of the stream, as the system gives it; each byte of it costs `BYTE` besides."""
FRAGMENT: Final = 3.0
"""What it costs more if nothing in it was whole: much is done for a byte that says nothing yet."""
BYTE: Final = 0.0001
FILE_BYTE: Final = 0.000_01
"""Of a file: it is read and written in large pieces, and lies in nobody's way meanwhile."""
TOLD_BYTE: Final = 0.005
"""Of what a service sends to a webhook: a text is made of it, field by field."""
INDEXED_BYTE: Final = 0.006
"""Of a text that comes over HTTP, for its words in the search index: visitors may send far more of
it than members, whose own pace bounds them."""
UPLOADING: Final = 15.0
"""To let a file come over HTTP, beside the request: is the name free, and is there room for it?"""
FILE_PIECE: Final = 8.0
"""A piece of a file, whatever its size: a thread is handed it, or asked for it."""
FILE: Final = 80.0
"""A file that is whole: threads and another process look at it, and put it away."""
LINE: Final = 0.3
"""Of HTTP: a header, or half a chunk of a body, which may be one byte."""
ACCEPTING: Final = 1.0
LETTING_IN: Final = 12.0
"""A new connection: its socket, what asyncio makes of it, and its first word."""
HANDSHAKE: Final = 40.0
"""One of TLS: keys are agreed upon, and the certificate's is used to sign."""
RECORD: Final = 0.5
"""Of TLS: it may hold one byte, or nothing but new keys."""
PROOF: Final = 10.0
"""A line of one, on the loop: what a thread computes is paced by itself (tls/proving.py)."""
REQUEST: Final = 20.0
"""A request over HTTP, whatever its answer."""
FILLER: Final = 0.1
READING: Final = 0.6
"""A line of IRC: its tags, its source, its command."""
REPLY: Final = 0.3
COMMAND: Final = 1.0
REFUSAL: Final = 3.0
"""Saying what is wrong with something takes longer than doing what is right."""
QUESTION: Final = 3.0
"""Asking the log; the answer is charged when it is there."""
SUMMARY: Final = 0.4
"""Somebody in a list for operators, with all that it says of them."""
FACT: Final = 15.0
"""Writing down something of somebody, or of the chatroom: the log keeps it, with what leads to it,
and whoever asked waits for that. It is charged for each when it is given to the log."""
ENTRANCE: Final = 5.0
"""Comparing a name with those in use, and beginning a session."""
HASHING: Final = 50.0
"""A password: a thread is busy with it for that long, and others wait for the thread."""
LISTED: Final = 0.05
"""A room or member in a list."""
FIGURES: Final = 50.0
"""Whatever goes through the sessions: acts of power over people."""
COMPARED: Final = 0.05
"""Somebody who may be the one that a ban is for: a look at how they are called."""
METRICS: Final = 200.0
"""All metrics: they are read from everywhere, and written out as text."""
PORTION: Final = 3.0
"""A portion of a backlog, whatever is in it. Reading the log is shared by time
(server/fairness/reading.py), and people who were away for long must still be able to speak."""
ROW: Final = 0.1
"""A message in an answer."""
COUNTED: Final = 0.005
"""A message that is counted, and not answered."""

Price = Callable[[State, Any, Any], float]


def page(answer: Page) -> float:
    """Return the units for a page of messages that was read."""
    return QUESTION + _read(answer.messages) + (answer.count or 0) * COUNTED


def answer(given: Answer) -> float:
    """Return the units for what was read of the log, which may be long."""
    match given:
        case Page():
            return page(given)
        case Revisions(texts=texts):
            return QUESTION + _read(texts)
    return 0.0


def _read(texts: Sequence[Message | Revision]) -> float:
    return sum(ROW + len(one.text) * BYTE for one in texts)


def departure(session: Session | None) -> float:
    """Return the units for letting a session go; that others hear of it is paid for: `_coming`."""
    return COMMAND if session is None else COMMAND * (1 + len(session.members))


# What everything costs that a peer may say.


def _coming(state: State, room: Room | None) -> float:
    """Whoever comes pays for going as well: nobody can make a lost connection wait for that.

    Else a crowd that goes at once would leave its address with a debt, and whoever stays there
    would have to wait for seconds.
    """
    return ENTRANCE + 2 * witnesses(state, room)


def _listed(state: State, room: Room | None) -> float:
    return 0.0 if room is None else min(len(room.people), state.limits.listed_max) * LISTED


def _room(state: State, command: Any) -> Room | None:
    return state.rooms.get(state.name_of(command.room or ""))


def _own_room(session: Session, command: Any) -> Room | None:
    member = session.member_in(command.room)
    return None if member is None else member.room


def _introduction(state: State, _session: None, introduction: Introduction) -> float:
    watched = 2 * watching(state, introduction.name)
    if introduction.format.knows_rooms:
        return ENTRANCE + watched
    return _coming(state, state.rooms.get(DEFAULT_ROOM)) + watched


def _at(units: float) -> Price:
    return lambda _state, _session, _heard: units


def _entrance(state: State, session: Session, _command: object) -> float:
    """The earlier session leaves its rooms, or all there see who somebody is now."""
    return ENTRANCE + departure(session) + onlookers(state, session)


def _identify(state: State, session: Session, command: c.Identify) -> float:
    """With the going of a guest is written down when they were here."""
    return _entrance(state, session, command) + FACT


def _hashing(state: State, session: Session, _command: object) -> float:
    return HASHING + departure(session) + onlookers(state, session)


def _join(state: State, _session: Session, command: c.Join) -> float:
    room = _room(state, command)
    return _coming(state, room) + _listed(state, room)


def _say(_state: State, session: Session, command: Any) -> float:
    member = session.member_in(command.room)
    if member is None:
        return REFUSAL
    tags = getattr(command, "tags", None)
    more_bytes = sum(map(len, (*tags, *tags.values()))) if tags else 0
    return COMMAND + hearing(member.room, getattr(command, "text", ""), more_bytes)


def _change(state: State, session: Session, command: Any) -> float:
    return QUESTION + _say(state, session, command)


def _seen(state: State, session: Session, command: c.Seen) -> float:
    asked = 2 * QUESTION if command.by_time else 0
    return asked + COMMAND + (len(state.here.named(session.person.key)) - 1) * TOLD


def _history(_state: State, _session: Session, command: c.History) -> float:
    return QUESTION * (1 + command.by_time + command.events)


def _across(state: State, session: Session, _command: object) -> float:
    id_ = session.person.id
    talks = state.recent.count(id_) if id_ else len(session.members)
    return QUESTION + min(talks, CONVERSATIONS_MAX) * LISTED


def _search(state: State, session: Session, command: c.Search) -> float:
    return _across(state, session, command) if command.room is None else QUESTION


def _rename(state: State, session: Session, _command: object) -> float:
    """All rooms hear that somebody went, and came."""
    sessions = state.here.named(session.person.key)
    rooms = {member.room for one in sessions for member in one.members.values()}
    told = len(sessions) * TOLD + 2 * watching(state, session.name)
    return QUESTION + told + 2 * sum(witnesses(state, room) for room in rooms)


def _away(state: State, session: Session, _what: object) -> float:
    sessions = state.here.named(session.person.key)
    rooms = {member.room for one in sessions for member in one.members.values()}
    told = watching(state, session.name)
    return COMMAND + told + sum(LISTED + witnesses(state, room) for room in rooms)


def _show(state: State, session: Session, command: c.Show) -> float:
    shown = 0.0 if command.real is None else onlookers(state, session)
    return shown + _away(state, session, command)


def _set_metadata(state: State, session: Session, command: c.SetMetadata) -> float:
    if not command.room:
        return COMMAND + onlookers(state, session)
    return QUESTION + over_irc(state, _room(state, command))


def _ask_metadata(state: State, _session: Session, command: c.AskMetadata) -> float:
    if not command.with_people:
        return COMMAND
    return COMMAND + _listed(state, _room(state, command))


def _ignore(state: State, session: Session, _what: object) -> float:
    person = session.person  # each of their sessions is told all of it
    told = TOLD + len(person.ignores) * LISTED
    return QUESTION + len(state.here.named(person.key)) * told


def _typing(state: State, session: Session, command: c.Typing) -> float:
    return COMMAND + witnesses(state, _own_room(session, command))


def _rooms(state: State, _whose: object, command: object) -> float:
    listed = COMMAND + min(len(state.rooms), state.limits.listed_max) * LISTED
    is_of_all = isinstance(command, c.Rooms) and command.after is not None
    return listed + len(state.rooms) * COUNTED if is_of_all else listed


def _conversations(state: State, session: Session, command: c.Conversations) -> float:
    if command.before is None:
        return 2 * ENTRANCE
    return 2 * ENTRANCE + sum(1 for _ in state.recent.rooms(session.person.id)) * COUNTED


def _members(state: State, _session: Session, command: c.Members) -> float:
    return COMMAND + _listed(state, _room(state, command))


def _move(state: State, _session: Session, command: c.Move) -> float:
    """Each of a room's people is told who they are."""
    room = _room(state, command)
    return FIGURES + (0.0 if room is None else len(room.people) * (COMMAND + _listed(state, room)))


def _summaries(state: State, _session: Session, _command: c.People | c.Sessions) -> float:
    return FIGURES + min(state.here.people_count, state.limits.listed_max) * SUMMARY


def _look(state: State, session: Session, command: c.Look) -> float:
    rooms = [member.room for member in session.members.values()] if command.peers else []
    listed = sum(_listed(state, room) for room in rooms)
    if command.room is not None:
        listed += _listed(state, _room(state, command))
    return COMMAND * (1 + len(command.names)) + 2 * listed


def _keep_out(state: State, _session: Session, command: c.Kick | c.Ban | c.Mute) -> float:
    return _keeping_out(state, _room(state, command))


def _keeping_out(state: State, room: Room | None) -> float:
    """All who are there are looked at, all origins for whether one is somebody's alone. Those are
    told who see it: of a private room everybody, as its rules change."""
    everybody = state.here.people_count
    there = everybody if room is None else len(room.people)
    is_private = room is not None and state.order.is_private(room.name)
    told = _telling_rules(state, room) if is_private else over_irc(state, room)
    return FIGURES + there * COMPARED + everybody * 2 * COUNTED + told


def _take_back(state: State, session: Session, command: c.Unban | c.Unmute) -> float:
    return _bans(state, session, command) + over_irc(state, _room(state, command))


def _bans(state: State, _whose: object, _what: object) -> float:
    order = state.order
    return REFUSAL + (len(order.bans.by_id) + len(order.mutes.by_id)) * LISTED


def _rules(state: State, _session: Session, command: Any) -> float:
    return _telling_rules(state, _room(state, command))


def _change_rules(state: State, session: Session, command: c.SetRules | c.SetModes) -> float:
    if all(getattr(command, name, None) is None for name in RULES):  # it only asks
        return QUESTION
    return _rules(state, session, command)


def _add(state: State, _session: Session, command: c.Add) -> float:
    room = _room(state, command)
    if room is not None and state.order.is_private(room.name):
        return _telling_rules(state, room)
    return QUESTION + over_irc(state, room)


def _telling_rules(state: State, room: Room | None) -> float:
    """Each member is told the rules, which name all who are let into a private room."""
    if room is None:
        return QUESTION
    rules = state.order.rules.get(room.name)
    named = 0 if rules is None else len(rules.members)
    return QUESTION + room.listeners * (TOLD + named * BYTE * 10)


def _hooks(state: State, _session: Session, _command: c.Hooks | c.MakeHook | c.RevokeHook) -> float:
    return QUESTION + len(state.grants.hooks) * BYTE * 10


def _line(state: State, session: Session, line: PlainLine) -> float:
    room, text = session.current, line.text
    if room is None:  # it enters the lobby first
        room = state.rooms[DEFAULT_ROOM]
        return _coming(state, room) + _listed(state, room)
    if text[:1] == "/" and text[:2] != "//":
        word, _, argument = text[1:].partition(" ")
        of_line = _LINE_COMMANDS.get(word.strip().lower(), _at(REFUSAL))
        return of_line(state, session, argument)
    return COMMAND + hearing(room, text)


def _here(session: Session) -> Room:
    assert session.current is not None, "a line is about a room"
    return session.current


def _line_join(state: State, _session: Session, argument: str) -> float:
    return _coming(state, state.rooms.get(state.name_of(argument.strip())))


def _line_who(state: State, session: Session, _argument: str) -> float:
    return COMMAND + _listed(state, _here(session))


def _line_said(_state: State, session: Session, text: str) -> float:
    return COMMAND + hearing(_here(session), text)


def _line_rules(state: State, session: Session, _argument: str) -> float:
    return _telling_rules(state, _here(session))


def _line_keep_out(state: State, session: Session, _argument: str) -> float:
    return _keeping_out(state, _here(session))


def _line_take_back(state: State, session: Session, _argument: str) -> float:
    return _bans(state, session, None) + over_irc(state, _here(session))


_LINE_COMMANDS: Final[dict[str, Callable[[State, Session, str], float]]] = {
    "help": _at(REFUSAL),
    "rooms": _rooms,
    "join": _line_join,
    "who": _line_who,
    "history": _at(QUESTION),
    "search": _at(QUESTION),
    "msg": _at(2 * ENTRANCE),
    "topic": _line_said,
    "register": _at(HASHING),
    "login": _at(HASHING),
    "nick": _rename,
    "operate": _at(QUESTION),
    "me": _line_said,
    "away": _away,
    "back": _away,
    "whois": _at(REFUSAL),
    "ignore": _ignore,
    "unignore": _ignore,
    "kick": _line_keep_out,
    "ban": _line_keep_out,
    "mute": _line_keep_out,
    "lock": _line_rules,
    "unlock": _line_rules,
    "slow": _line_rules,
    "title": _line_rules,
    "add": _line_rules,
    "private": _line_rules,
    "public": _line_rules,
    "delete-room": _line_rules,
    "moderator": _line_rules,
    "door": _at(COMMAND),
    "unban": _line_take_back,
    "unmute": _line_take_back,
}
"""The prices of the `/` commands, for somebody who is in a room."""

PRICES: Final[dict[type, Price]] = {
    Filler: _at(FILLER),
    Read: _at(READING),
    Reply: _at(REPLY),
    Goodbye: _at(REPLY),
    Adapt: lambda _state, session, _heard: departure(session),
    Refusal: _at(REFUSAL),
    Introduction: _introduction,
    PlainLine: _line,
    **dict.fromkeys(
        (
            *(c.LinkCertificate, c.Certificates, c.ShowCode, c.Profile, c.Leave, c.SetDoor, c.Ping),
            *(c.Part, c.Farewell, c.AskAbout, c.Settle),
        ),
        _at(COMMAND),
    ),
    **dict.fromkeys(
        (
            *(c.Challenge, c.GiveOutCode, c.MakeToken, c.Operate, c.Invite, c.Uninvite, c.Upload),
            *(c.RevokeToken, c.Devices, c.Replies, c.Pins, c.Revisions, c.SetAccess, c.Hold),
            c.Oper,
        ),
        _at(QUESTION),
    ),
    **dict.fromkeys((c.Status, c.Reload, c.Backup, c.Import, c.Exemptions, c.Kill), _at(FIGURES)),
    **dict.fromkeys((c.Kick, c.Ban, c.Mute), _keep_out),
    **dict.fromkeys((c.Unban, c.Unmute), _take_back),
    c.Hello: _at(REFUSAL),
    c.Identify: _identify,
    c.Resume: _entrance,
    c.Login: _hashing,
    c.Prove: _entrance,
    c.Certify: _entrance,
    c.Show: _show,
    c.SetMetadata: _set_metadata,
    c.AskMetadata: _ask_metadata,
    c.Register: _hashing,
    c.Rename: _rename,
    c.Recover: _hashing,
    c.ForgetMe: _hashing,
    c.Invitations: lambda state, _s, _c: COMMAND + len(state.grants.invitations) * LISTED,
    c.Tokens: lambda state, _session, _command: COMMAND + len(state.grants.tokens) * LISTED,
    c.MakeHook: _hooks,
    c.RevokeHook: _hooks,
    c.Hooks: _hooks,
    c.ChangePassword: _hashing,
    c.Link: _entrance,
    c.Confirm: _entrance,
    c.Logout: _entrance,
    c.Revoke: _at(ENTRANCE),
    c.Unlock: _entrance,
    c.Away: _away,
    c.Back: _away,
    c.Ignore: _ignore,
    c.Join: _join,
    c.Conversations: _conversations,
    c.Direct: _at(2 * ENTRANCE),
    c.Say: _say,
    c.Edit: _change,
    c.Delete: _change,
    c.React: _change,
    c.Signal: _say,
    c.Pin: _change,
    c.Typing: _typing,
    c.Seen: _seen,
    c.History: _history,
    c.Search: _search,
    c.Mentions: _across,
    c.Rooms: _rooms,
    c.Members: _members,
    c.SetTopic: _say,
    c.Bans: _bans,
    c.Report: _at(QUESTION + COMMAND),
    c.SetRules: _change_rules,
    c.DeleteRoom: _rules,
    c.Appoint: _rules,
    c.Add: _add,
    c.People: _summaries,
    c.Sessions: _summaries,
    c.Enter: _join,
    c.BeCalled: _rename,
    c.SetModes: _change_rules,
    c.Give: _rules,
    c.Exempt: _rules,
    c.Move: _move,
    c.Wallops: lambda state, _session, _command: FIGURES + state.here.people_count * TOLD,
    c.Watch: lambda _state, _session, command: COMMAND + len(command.names) * LISTED,
    c.WhoWas: _at(REFUSAL),
    c.Look: _look,
}
"""The price of everything that a transport hands over, by type."""
