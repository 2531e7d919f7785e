"""Every act of power is written down, and reports are; only those read them whom they concern."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.commands import SetModes
from hubbub.chat.limits import Limits
from hubbub.chat.names import AUDIT, REPORTS
from hubbub.chat.roles import Scope
from tests.hub.moderated import ROOM, Moderated, removed
from tests.hub.peers import Peer


@pytest.fixture
def room() -> Moderated:
    return Moderated()


def read(room: Moderated, peer: Peer, name: str = AUDIT) -> list[tuple[str, str]]:
    """Return who did what, as the page of a room has it."""
    peer.read()
    peer.tell(c.History(room=name, limit=200))
    room.commit()
    pages = [one for one in peer.events() if isinstance(one, e.Page)]
    return [(one.sender, one.text) for page in pages for one in page.messages]


def said(room: Moderated, peer: Peer, text: str = "hi", where: str = ROOM) -> int:
    peer.read()
    peer.tell(c.Say(room=where, text=text, ref="1"))
    room.commit()
    return next(one.seq or 0 for one in peer.events() if isinstance(one, e.Ok))


# The audit record.


def test_every_act_of_power_is_written_down_with_who_did_it(room: Moderated) -> None:
    seq = said(room, room.eve)
    before = read(room, room.olga)
    for peer, command in (
        (room.ann, c.Delete(room=ROOM, seq=seq)),
        (room.ann, c.Kick(room=ROOM, name="eve", reason="loud")),
        (room.ann, c.Ban(room=ROOM, who="spam*", seconds=3600)),
        (room.ann, c.Unban(room=ROOM, who="spam*")),
        (room.ann, c.Mute(room=ROOM, who="pat")),
        (room.ann, c.Unmute(room=ROOM, who="pat")),
        (room.cleo, c.SetRules(room=ROOM, read_only=True, slow_seconds=5)),
        (room.cleo, c.Appoint(room=ROOM, name="eve", role="moderator")),
        (room.olga, c.Ban(who="198.51.100.0/24")),
        (room.olga, c.Appoint(name="ann", role="operator")),
        (room.olga, c.SetDoor(locked=True)),
        (room.olga, c.SetDoor(locked=False)),
    ):
        assert room.ask(peer, command) == "ok", command
    assert read(room, room.olga)[len(before) :] == [
        ("ann", f"deleted message {seq} of 'eve' in 'tea'"),
        ("ann", "kicked 'eve' in 'tea' until 1970-01-01 00:01 UTC (loud)"),
        ("ann", "banned 'spam*' in 'tea' until 1970-01-01 01:00 UTC"),
        ("ann", "took back: banned 'spam*' in 'tea' until 1970-01-01 01:00 UTC"),
        ("ann", "muted 'pat' in 'tea' for good"),
        ("ann", "took back: muted 'pat' in 'tea' for good"),
        ("cleo", "set in 'tea': read_only is true, slow_seconds is 5"),
        ("cleo", "made 'eve' moderator in 'tea'"),
        ("olga", "banned '198.51.100.0/24' in the chatroom for good"),
        ("olga", "made 'ann' operator in the chatroom"),
        ("olga", "locked the door"),
        ("olga", "opened the door"),
    ]


def test_what_operators_give_out_is_written_down_without_its_secret(room: Moderated) -> None:
    olga = room.olga
    before = read(room, olga)
    olga.tell(c.MakeToken(name="ci", scopes=[Scope.READ]))
    room.commit()
    (token,) = [one for one in olga.events() if isinstance(one, e.Token)]
    olga.tell(c.RevokeToken(token=token.about.id))
    olga.tell(c.GiveOutCode(name="eve"))
    olga.tell(c.Invite(uses=3))
    room.commit()
    (invitation,) = [one for one in olga.events() if isinstance(one, e.Invitation)]
    olga.tell(c.Uninvite(invitation=invitation.about.id))
    room.commit()
    assert [deed for _, deed in read(room, olga)[len(before) :]] == [
        "made a token for the bot 'ci': read",
        "revoked a token of the bot 'ci'",
        "gave out a recovery code for 'eve'",
        "made an invitation as guest, uses: 3",
        "took an invitation back",
    ]


def test_the_key_of_a_room_is_not_written_down(room: Moderated) -> None:
    assert room.ask(room.cleo, SetModes(room=ROOM, key="beer")) == "ok"
    assert read(room, room.olga)[-1] == ("cleo", "set in 'tea': key is another")


def test_what_was_refused_and_what_is_ones_own_is_not_written_down(room: Moderated) -> None:
    seq, before = said(room, room.eve), read(room, room.olga)
    room.ask(room.eve, c.Kick(room=ROOM, name="pat"))
    room.ask(room.eve, c.Delete(room=ROOM, seq=seq))
    room.ask(room.ann, c.Delete(room=ROOM, seq=seq))
    assert read(room, room.olga) == before


def test_the_record_outlives_the_server_and_can_be_searched(room: Moderated) -> None:
    room.ask(room.olga, c.Ban(who="eve", reason="turnips"))
    room.restart()
    olga = room.arrive("olga")
    assert read(room, olga)[-1] == ("olga", "banned 'eve' in the chatroom for good (turnips)")
    olga.read()
    olga.tell(c.Search(room=AUDIT, query="turnips"))
    olga.tell(c.Search(query="turnips"))
    pages = [len(one.messages) for one in olga.events() if isinstance(one, e.Page)]
    assert pages == [1, 0], "a search everywhere leaves it out"


def test_operators_follow_the_record_like_a_room(room: Moderated) -> None:
    room.olga.tell(c.Join(room=AUDIT))
    room.olga.read()
    room.ask(room.ann, c.Mute(room=ROOM, who="pat"))
    told = [one.text for one in room.olga.events() if isinstance(one, e.Message)]
    assert told == ["muted 'pat' in 'tea' for good"]


@pytest.mark.parametrize("name", ["pat", "eve", "ann", "cleo"])
def test_nobody_else_sees_the_record(room: Moderated, name: str) -> None:
    room.ask(room.ann, c.Mute(room=ROOM, who="pat"))
    peer: Peer = getattr(room, name)
    for command in (
        c.Join(room=AUDIT),
        c.History(room=AUDIT),
        c.Members(room=AUDIT),
        c.Search(room=AUDIT, query="muted"),
        c.Say(room=AUDIT, text="x"),
    ):
        assert room.ask(peer, command) == (
            "forbidden: Only operators of the server can see the audit record of the chatroom; "
            "ask olga."
        )


def test_nobody_writes_or_changes_what_the_server_keeps(room: Moderated) -> None:
    room.ask(room.ann, c.Mute(room=ROOM, who="pat"))
    room.olga.tell(c.Join(room=AUDIT))
    seq = room.hub.rooms[AUDIT].last
    for command in (
        c.Say(room=AUDIT, text="x"),
        c.React(room=AUDIT, seq=seq, emoji="x"),
        c.SetTopic(room=AUDIT, text="x"),
        c.Delete(room=AUDIT, seq=seq),
        c.Edit(room=AUDIT, seq=seq, text="x"),
        c.SetRules(room=AUDIT, locked=True),
        c.Kick(room=AUDIT, name="olga"),
    ):
        assert room.ask(room.olga, command).startswith(
            "forbidden: The server keeps '$audit' by itself; nobody can"
        ), command
    assert [one.room for one in room.hub.list_rooms().rooms] == ["lobby", "tea"]


def test_an_operator_who_is_one_no_more_follows_it_no_more(room: Moderated) -> None:
    room.ask(room.olga, c.Appoint(name="ann", role="operator"))
    room.ann.tell(c.Join(room=AUDIT))
    room.ask(room.ann, c.Appoint(name="ann", role="none"))
    assert AUDIT not in room.ann.session.members
    assert removed(room.ann) == []  # `ask` has read it
    assert AUDIT not in room.ann.session.members


@pytest.mark.parametrize("name", ["$", "$x", "$reports/", "$reports/nowhere", "$reports/$audit"])
def test_there_are_no_other_such_rooms(room: Moderated, name: str) -> None:
    for command in (c.Join(room=name), c.History(room=name), c.Say(room=name, text="x")):
        assert room.ask(room.olga, command).startswith(("no_such_room", "forbidden"))


# Reports.


def test_a_report_goes_to_the_moderators_of_the_room_and_to_operators(room: Moderated) -> None:
    seq = said(room, room.eve, "buy turnips")
    assert room.ask(room.pat, c.Report(room=ROOM, seq=seq, reason="spam")) == "ok"
    entry = [("pat", f"reports message {seq} of 'eve' in 'tea': spam")]
    for peer in (room.ann, room.cleo, room.olga):
        assert read(room, peer, f"{REPORTS}/{ROOM}") == entry
    assert read(room, room.olga, REPORTS) == entry
    refused = "forbidden: Only moderators can see the reports about 'tea'; ask ann, ben or cleo."
    assert room.ask(room.eve, c.History(room=f"{REPORTS}/{ROOM}")) == refused
    assert room.ask(room.ann, c.History(room=REPORTS)).startswith("forbidden: Only operators")


def test_a_report_of_a_conversation_shows_the_text_to_operators(room: Moderated) -> None:
    room.pat.tell(c.Direct(name="eve"))
    private = next(name for name in room.pat.session.members if name.startswith("@"))
    seq = said(room, room.eve, "send me money", private)
    assert room.ask(room.pat, c.Report(room=private, seq=seq)) == "ok"
    assert read(room, room.olga, REPORTS) == [
        ("pat", f"reports message {seq} of 'eve' in a conversation with 'pat'\nsend me money")
    ]
    assert room.ask(room.ann, c.Report(room=private, seq=seq)).startswith("no_such_room")


def test_a_report_that_the_log_cannot_take_is_refused_and_not_lost_in_silence(
    room: Moderated,
) -> None:
    seq = said(room, room.eve)
    room.failing = True
    assert room.ask(room.pat, c.Report(room=ROOM, seq=seq)).startswith("log_unavailable")
    room.failing = False
    assert room.ask(room.pat, c.Report(room=ROOM, seq=seq)) == "ok"
    assert len(read(room, room.olga, REPORTS)) == 1


def test_reports_count_like_what_is_posted() -> None:
    limits = Limits(daily_bytes_max=20_000)
    room = Moderated(limits)
    seq = said(room, room.eve)
    answers = {
        room.ask(room.pat, c.Report(room=ROOM, seq=seq, reason="x" * 300)) for _ in range(60)
    }
    assert {answer.split(":")[0] for answer in answers} == {"ok", "too_much"}


def test_what_is_not_there_cannot_be_reported(room: Moderated) -> None:
    assert room.ask(room.pat, c.Report(room=ROOM, seq=9_999)).startswith("no_such_message")


def test_a_moderator_who_is_one_no_more_follows_the_reports_no_more(room: Moderated) -> None:
    reports = f"{REPORTS}/{ROOM}"
    room.ann.tell(c.Join(room=reports))
    assert reports in room.ann.session.members
    room.cleo.tell(c.Appoint(room=ROOM, name="ann", role="none"))
    room.commit()
    assert removed(room.ann) == ["You may not read this room any more."]
    assert reports not in room.ann.session.members
