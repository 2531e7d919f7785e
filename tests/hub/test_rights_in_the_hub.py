"""The table of rights, attempted in the hub: by everyone, in rooms of every kind that there is."""

from collections.abc import Callable

import msgspec
import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.names import AUDIT, REPORTS
from hubbub.chat.people import PERSON
from hubbub.chat.retention import Retention
from hubbub.chat.roles import Kind, Role
from hubbub.hub.rules.rights import Act
from tests.hub.moderated import ROOM, Moderated
from tests.hub.peers import Peer, now
from tests.hub.test_rights import CELLS, NOBODY

WHO = {
    Role.PASSING: "pat",
    Role.GUEST: "eve",
    Role.MEMBER: "max",
    Role.MODERATOR: "ann",
    Role.OWNER: "cleo",
    Role.OPERATOR: "olga",
}
STATES = {
    Kind.READ_ONLY: {"read_only": True},
    Kind.LOCKED: {"locked": True},
    Kind.ARCHIVED: {"archived": True},
}

# What is attempted, in an order in which no success spoils a later attempt. `seqs` are those of
# messages in the room: two of each person's own, and two of vic's.
IN_ROOM: dict[Act, Callable[[str, list[int]], c.AnyCommand]] = {
    Act.READ: lambda room, _: c.History(room=room),
    Act.SAY: lambda room, _: c.Say(room=room, text="hi"),
    Act.REACT: lambda room, seqs: c.React(room=room, seq=seqs[0], emoji="x"),
    Act.EDIT: lambda room, seqs: c.Edit(room=room, seq=seqs[0], text="changed"),
    Act.DELETE: lambda room, seqs: c.Delete(room=room, seq=seqs[1]),
    Act.TOPIC: lambda room, _: c.SetTopic(room=room, text="cups"),
    Act.PIN: lambda room, seqs: c.Pin(room=room, seq=seqs[0]),
    Act.REPORT: lambda room, seqs: c.Report(room=room, seq=seqs[2], reason="spam"),
    Act.SEE_REPORTS: lambda room, _: c.History(room=f"{REPORTS}/{room}"),
    Act.REMOVE: lambda room, seqs: c.Delete(room=room, seq=seqs[2]),
    Act.MUTE: lambda room, _: c.Mute(room=room, who="vic"),
    Act.SLOW: lambda room, _: c.SetRules(room=room, slow_seconds=0),
    Act.LOCK: lambda room, _: c.SetRules(room=room, locked=False),
    Act.LET_WRITE: lambda room, _: c.Appoint(room=room, name="vic", role="writer"),
    Act.ENTRANCE: lambda room, _: c.SetModes(room=room, limit=0),
    Act.READ_ONLY: lambda room, _: c.SetRules(room=room, read_only=False),
    Act.TOPIC_RIGHT: lambda room, _: c.SetRules(room=room, topic_by="passing"),
    Act.REVISIONS: lambda room, _: c.SetRules(room=room, revisions=False),
    Act.RENAME: lambda room, _: c.SetRules(room=room, title=f"{room}-2027"),
    Act.RETENTION: lambda room, _: c.SetRules(room=room, retention=Retention()),
    Act.HOLD: lambda room, _: c.SetRules(room=room, held=False),
    Act.MODERATORS: lambda room, _: c.Appoint(room=room, name="zoe", role="moderator"),
    Act.KICK: lambda room, _: c.Kick(room=room, name="vic"),
    Act.BAN: lambda room, _: c.Ban(room=room, who="vic"),
    Act.LEAVE: lambda room, _: c.Leave(room=room),
    Act.JOIN: lambda room, _: c.Join(room=room),
    Act.ARCHIVE: lambda room, _: c.SetRules(room=room, archived=False),
    Act.HAND_OVER: lambda room, _: c.Appoint(room=room, name="zoe", role="owner"),
    Act.DELETE_ROOM: lambda room, _: c.DeleteRoom(room=room),
}
IN_CHATROOM: dict[Act, Callable[[], c.AnyCommand | c.InnerCommand]] = {
    Act.READ: lambda: c.Search(query="tea"),
    Act.LIST_ROOMS: c.Rooms,
    Act.OPEN_ROOM: lambda: c.Join(room="cake"),
    Act.TALK: lambda: c.Direct(name="vic"),
    Act.MUTE: lambda: c.Mute(who="vic"),
    Act.KICK: lambda: c.Kick(name="zoe"),
    Act.BAN: lambda: c.Ban(who="vic"),
    Act.SEE_REPORTS: lambda: c.History(room=REPORTS),
    Act.SEE_AUDIT: lambda: c.History(room=AUDIT),
    Act.STATUS: c.Status,
    Act.SESSIONS: c.Sessions,
    Act.RELOAD: c.Reload,
    Act.BACKUP: c.Backup,
    Act.TELL_ALL: lambda: c.Wallops(text="tea"),
    Act.LOCK_DOOR: lambda: c.SetDoor(locked=False),
    Act.ACCESS: c.SetAccess,
    Act.HOLD_TALK: lambda: c.Hold(names=("vic", "zoe")),
    Act.OPERATORS: lambda: c.Appoint(name="vic", role="operator"),
}
LATER = {  # what no command asks for yet
    *(Act.INVITE, Act.WEBHOOKS, Act.PRIVATE, Act.CLAIM),
    *(Act.OWN_DEVICES, Act.SETTINGS),
    *(Act.INVITATIONS, Act.RECOVER, Act.BOTS),
}
CELL = {(act, kind): cell for act, kind, cell in CELLS}


def is_allowed(act: Act, kind: Kind, role: Role) -> bool:
    cell = CELL[act, kind]
    return cell != NOBODY and role >= Role[cell.upper()]


def peopled() -> tuple[Moderated, dict[str, Peer]]:
    chatroom = Moderated()
    peers = {one.name: one for one in (chatroom.ann, chatroom.cleo, chatroom.olga)}
    peers |= {one.name: one for one in (chatroom.pat, chatroom.eve)}
    peers |= {name: chatroom.arrive(name) for name in ("max", "vic", "zoe")}
    id_ = peers["max"].session.person.id
    profile = chatroom.hub._state.book.profiles[id_]
    raw = msgspec.Raw(msgspec.json.encode(msgspec.structs.replace(profile, kind="member")))
    fact = e.Fact(seq=0, prev=0, sender="", at=0, key=PERSON + id_, value=raw)
    now(chatroom.log.append([fact]))
    chatroom.apply()
    return chatroom, peers


def posted(chatroom: Moderated, peer: Peer, room: str) -> int:
    peer.read()
    peer.tell(c.Say(room=room, text="hi", ref="posted"))
    chatroom.commit()
    return next(one.seq or 0 for one in peer.events() if isinstance(one, e.Ok))


def attempt(chatroom: Moderated, peer: Peer, command: c.AnyCommand | c.InnerCommand) -> bool:
    answer = chatroom.ask(peer, command)
    assert answer == "ok" or answer.startswith("forbidden: "), (command, answer)
    return answer == "ok"


@pytest.mark.parametrize("role", WHO)
@pytest.mark.parametrize("kind", [Kind.PUBLIC, *STATES])
def test_in_a_room_everybody_may_do_what_the_table_says(kind: Kind, role: Role) -> None:
    for act, make in IN_ROOM.items():
        chatroom, peers = peopled()
        peer, vic = peers[WHO[role]], peers["vic"]
        seqs = [posted(chatroom, one, ROOM) for one in (peer, peer, vic)]
        if kind in STATES:
            assert chatroom.ask(chatroom.cleo, c.SetRules(room=ROOM, **STATES[kind])) == "ok"  # type: ignore[arg-type]
        allowed = is_allowed(act, kind, role)
        if act is Act.PIN:
            allowed = allowed and role >= Role.MODERATOR  # the room has an owner
        assert attempt(chatroom, peer, make(ROOM, seqs)) == allowed, act


@pytest.mark.parametrize("role", WHO)
def test_in_a_conversation_everybody_may_do_what_the_table_says(role: Role) -> None:
    chatroom, peers = peopled()
    peer, vic = peers[WHO[role]], peers["vic"]
    peer.tell(c.Direct(name="vic"))
    room = next(name for name in peer.session.members if name.startswith("@"))
    seqs = [posted(chatroom, one, room) for one in (peer, peer, vic)]
    for act, make in IN_ROOM.items():
        allowed = is_allowed(act, Kind.CONVERSATION, role)
        assert attempt(chatroom, peer, make(room, seqs)) == allowed, act


@pytest.mark.parametrize("role", WHO)
def test_in_the_chatroom_everybody_may_do_what_the_table_says(role: Role) -> None:
    chatroom, peers = peopled()
    peers["zoe"].tell(c.Direct(name="vic"))
    room = next(name for name in peers["zoe"].session.members if name.startswith("@"))
    posted(chatroom, peers["zoe"], room)
    for act, make in IN_CHATROOM.items():
        allowed = is_allowed(act, Kind.CHATROOM, role)
        assert attempt(chatroom, peers[WHO[role]], make()) == allowed, act


def test_every_act_is_attempted_that_there_is_a_command_for() -> None:
    attempted = set(IN_ROOM) | set(IN_CHATROOM)
    assert attempted | LATER == set(Act)
    assert not attempted & LATER
