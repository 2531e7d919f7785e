"""Bots: their tokens, and what these are for."""

from typing import Any, get_args

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.listed import TokenSummary
from hubbub.chat.names import is_direct
from hubbub.chat.roles import Scope
from hubbub.hub.commands import DECISIONS
from hubbub.hub.known.grants import USE_MILLISECONDS
from hubbub.hub.rules.scopes import check_command
from hubbub.hub.shares.quota import Quota
from hubbub.wire.framed import EVENTS
from hubbub.wire.json_format import JSON
from tests.hub.peers import Chatroom, Peer, now
from tests.hub.test_accounts import OF_ANN, code, gone, identified, member, welcome
from tests.hub.test_drafts import Deaf

READ, WRITE, ROOMS, ADMIN = Scope.READ, Scope.WRITE, Scope.ROOMS, Scope.ADMIN


@pytest.fixture
def room() -> Chatroom:
    return Chatroom()


@pytest.fixture
def operator(room: Chatroom) -> Peer:
    operator = identified(room, "olga", "o" * 22)
    operator.read()
    return operator


def made(operator: Peer, *scopes: Scope, name: str = "ci") -> e.Token:
    operator.tell(c.MakeToken(name=name, scopes=list(scopes), label="of the build", ref="t"))
    (answer,) = [event for event in operator.events() if isinstance(event, e.Token)]
    assert answer.ref == "t"
    return answer


def bot_of(room: Chatroom, token: str) -> Peer:
    bot = room.enter(f"bot {room.secrets} {room.hub.last}", origin="192.0.2.1")
    bot.tell(c.Identify(device=token, ref="i"))
    return bot


def listed(operator: Peer) -> list[TokenSummary]:
    operator.tell(c.Tokens(ref="l"))
    (answer,) = [event for event in operator.events() if isinstance(event, e.Tokens)]
    return answer.tokens


def test_a_token_makes_a_session_the_bots(room: Chatroom, operator: Peer) -> None:
    token = made(operator, READ, WRITE)
    assert token.token.startswith("hb_")
    bot = bot_of(room, token.token)
    told = welcome(bot)
    assert told.name == "ci"
    assert told.person
    assert told.person.kind == "bot"
    bot.tell(c.Join(room="lobby"))
    bot.tell(c.Say(room="lobby", text="green"))
    room.commit()
    (message,) = [event for event in bot.events() if isinstance(event, e.Message)]
    assert (message.sender, message.person) == ("ci", told.person.id)


def test_a_token_is_enough_where_there_is_a_password() -> None:
    room = Chatroom(password="rolu-mika")
    olga = room.enter("olga")
    olga.tell(c.Unlock(password="rolu-mika"))
    olga.tell(c.Identify(device="o" * 22))
    token = made(olga, READ, WRITE).token
    stranger = room.enter("eve", origin="192.0.2.1")
    stranger.tell(c.Identify(device="hb_" + "x" * 22, ref="i"))
    assert code(stranger) == "wrong_token"
    assert stranger.session.locked
    bot = bot_of(room, token)
    assert welcome(bot).name == "ci"
    bot.tell(c.Join(room="lobby"))
    assert "lobby" in bot.session.members


def test_a_token_is_listed_without_its_secret(room: Chatroom, operator: Peer) -> None:
    token = made(operator, WRITE, READ, READ)
    (found,) = listed(operator)
    assert found == token.about
    assert (found.name, found.by, found.label) == ("ci", "olga", "of the build")
    assert found.scopes == [READ, WRITE]
    for fact in now(room.log.facts()):
        assert token.token not in f"{fact.key} {bytes(fact.value).decode()}"


def test_a_bot_has_a_name_of_its_own_for_good(room: Chatroom, operator: Peer) -> None:
    made(operator, READ)
    assert welcome(room.enter("ci")).held
    first, second = (bot_of(room, made(operator, READ).token) for _ in range(2))
    assert first.session.person is second.session.person, "one bot, with several tokens"
    member(room)
    operator.tell(c.MakeToken(name="ann", scopes=[READ], ref="t"))
    assert code(operator) == "name_taken"
    room.enter("passing")
    operator.tell(c.MakeToken(name="passing", scopes=[READ], ref="t"))
    assert code(operator) == "name_taken"
    operator.tell(c.MakeToken(name="hubbub", scopes=[READ], ref="t"))
    assert code(operator) == "name_not_allowed"
    operator.tell(c.MakeToken(name="other", scopes=[], ref="t"))
    assert code(operator) == "bad_command"


def test_a_revoked_token_ends_its_sessions_and_counts_no_longer(
    room: Chatroom, operator: Peer
) -> None:
    first, second = made(operator, READ), made(operator, READ)
    ended, stays = bot_of(room, first.token), bot_of(room, second.token)
    ended.read()
    operator.tell(c.RevokeToken(token=first.about.id, ref="r"))
    assert e.Ok(ref="r") in operator.events()
    (bye,) = [event for event in ended.events() if isinstance(event, e.Bye)]
    assert bye.code == "logged_out"
    assert ended.ended
    assert not stays.ended
    assert [one.id for one in listed(operator)] == [second.about.id]
    again = bot_of(room, first.token)
    assert code(again) == "wrong_token"
    operator.tell(c.RevokeToken(token=first.about.id, ref="r"))
    assert code(operator) == "bad_command"


def test_whoever_resumes_a_bots_session_has_its_scopes(room: Chatroom, operator: Peer) -> None:
    token = made(operator, READ)
    bot = bot_of(room, token.token)
    again = room.enter("ci")
    again.tell(c.Resume(session=bot.session.secret))
    again.tell(c.Join(room="lobby"))
    again.read()
    again.tell(c.Say(room="lobby", text="x", ref="s"))
    assert code(again) == "forbidden"
    operator.tell(c.RevokeToken(token=token.about.id))
    assert again.ended


def test_a_bot_without_a_token_is_forgotten(room: Chatroom, operator: Peer) -> None:
    token = made(operator, READ)
    bot = bot_of(room, token.token)
    operator.tell(c.RevokeToken(token=token.about.id))
    assert bot.ended
    assert not welcome(room.enter("ci")).held, "the name is free"


def test_a_bot_outlives_the_server_and_thirty_days(room: Chatroom, operator: Peer) -> None:
    token = made(operator, READ)
    room.restart()
    room.pass_time(100 * 86_400_000)
    assert welcome(bot_of(room, token.token)).name == "ci"


def test_a_bot_stays_when_it_is_noted_that_it_is_here(room: Chatroom, operator: Peer) -> None:
    bot = bot_of(room, made(operator, READ).token)
    room.pass_time(2 * 86_400_000)
    assert not bot.ended


def test_nobody_becomes_a_guest_by_a_token_that_counts_for_nothing(room: Chatroom) -> None:
    eve = room.enter("eve")
    eve.read()
    eve.tell(c.Identify(device="hb_" + "x" * 22, ref="i"))
    assert code(eve) == "wrong_token"


@pytest.mark.parametrize(
    ("scopes", "command", "is_allowed"),
    [
        ([READ], c.Join(room="lobby"), True),
        ([READ], c.History(room="lobby"), True),
        ([READ], c.Ping(), True),
        ([READ], c.Say(room="lobby", text="x"), False),
        ([WRITE], c.Say(room="lobby", text="x"), True),
        ([WRITE], c.History(room="lobby"), False),
        ([WRITE], c.SetTopic(room="lobby", text="x"), False),
        ([ROOMS], c.SetTopic(room="lobby", text="x"), True),
        ([ROOMS], c.Ban(room="lobby", who="eve"), True),
        ([ROOMS], c.Ban(room=None, who="eve"), False),
        ([ADMIN], c.Ban(room=None, who="eve"), True),
        ([ROOMS], c.Appoint(name="ci", role="operator"), False),
        ([ROOMS], c.SetDoor(locked=True), False),
        ([ADMIN], c.SetDoor(locked=True), True),
        ([ADMIN], c.SetRules(room="lobby", locked=True), False),
        ([ROOMS], c.SetRules(room="lobby", locked=True), True),
        ([READ, WRITE, ROOMS, ADMIN], c.Register(password="x"), False),
        ([READ, WRITE, ROOMS, ADMIN], c.Login(name="ann", password="x"), False),
        ([READ, WRITE, ROOMS], c.MakeToken(name="x", scopes=[READ]), False),
        ([ADMIN], c.MakeToken(name="x", scopes=[READ]), True),
        ([ADMIN], c.Status(), True),
        ([READ], c.Status(), False),
        ([READ, WRITE, ROOMS, ADMIN], c.Devices(), False),
    ],
)
def test_a_token_is_for_its_scopes(
    room: Chatroom, operator: Peer, scopes: list[Scope], command: Any, *, is_allowed: bool
) -> None:
    bot = bot_of(room, made(operator, READ).token)
    bot.tell(c.Join(room="lobby"))
    bot.session.scopes = frozenset(scopes)
    bot.read()
    command.ref = "x"
    bot.tell(command)
    room.commit()
    refusals = [event for event in bot.events() if isinstance(event, e.Error)]
    said = " ".join(one.message for one in refusals)
    assert ("token lacks" in said or "Bots" in said) is not is_allowed, refusals


def test_opening_a_room_needs_its_scope(room: Chatroom, operator: Peer) -> None:
    bot = bot_of(room, made(operator, READ, WRITE).token)
    bot.read()
    bot.tell(c.Join(room="new", ref="j"))
    assert code(bot) == "forbidden"
    assert "new" not in room.hub.rooms
    gone(bot)
    bot = bot_of(room, made(operator, READ, ROOMS).token)
    bot.tell(c.Join(room="new"))
    assert "new" in room.hub.rooms


def test_a_bot_writes_plain_lines_and_no_slash_commands(room: Chatroom, operator: Peer) -> None:
    bot = bot_of(room, made(operator, READ, WRITE).token)
    bot.read()
    bot.type("hello")
    room.commit()
    assert [event.text for event in bot.events() if isinstance(event, e.Message)] == ["hello"]
    bot.type("/register four words of mine")
    assert code(bot) == "bad_command"
    bot.session.scopes = frozenset([READ])
    bot.type("hello")
    assert code(bot) == "forbidden"


def test_only_operators_make_see_and_revoke_tokens(room: Chatroom, operator: Peer) -> None:
    token = made(operator, READ)
    ann = identified(room, "ann", OF_ANN)
    for command in (
        c.MakeToken(name="x", scopes=[READ], ref="x"),
        c.Tokens(ref="x"),
        c.RevokeToken(token=token.about.id, ref="x"),
    ):
        ann.read()
        ann.tell(command)
        assert code(ann) == "forbidden"


def test_a_bot_that_runs_the_server_makes_no_token_for_more_than_its_own_is_for(
    room: Chatroom, operator: Peer
) -> None:
    bot = bot_of(room, made(operator, ADMIN).token)
    operator.tell(c.Appoint(name="ci", role="operator", ref="a"))
    room.commit()
    bot.read()
    bot.tell(c.MakeToken(name="ci", scopes=[ADMIN, WRITE], ref="t"))
    assert code(bot) == "forbidden"
    assert made(bot, ADMIN).about.scopes == [ADMIN]


def test_people_are_not_restrained_by_scopes() -> None:
    person = Chatroom().enter("ann", EVENTS)
    for kind in DECISIONS:
        check_command(person.session, kind)


FOR_PEOPLE = {
    *(c.ChangePassword, c.Confirm, c.Devices, c.Link, c.Login, c.Logout, c.Recover, c.Register),
    *(c.ForgetMe, c.Operate, c.Rename, c.Revoke, c.ShowCode),
    *get_args(c.InnerCommand),
}


def test_of_every_command_it_is_decided_whether_bots_may_use_it(
    room: Chatroom, operator: Peer
) -> None:
    bot = bot_of(room, made(operator, *Scope).token)
    refused = set()
    for kind in DECISIONS:
        try:
            check_command(bot.session, kind)
        except Refused:
            refused.add(kind)
    assert refused == FOR_PEOPLE


def test_a_token_is_listed_with_its_last_use(room: Chatroom, operator: Peer) -> None:
    token = made(operator, READ)
    assert token.about.seen == 0
    room.pass_time(USE_MILLISECONDS)
    bot = bot_of(room, token.token)
    room.pass_time(60_000)
    assert [one.seen for one in listed(operator)] == [room.clock], "it is here"
    room.hub.depart(bot.session)
    left = room.clock
    room.pass_time(60_000)
    assert [one.seen for one in listed(operator)] == [left]
    room.restart()
    operator = identified(room, "olga", "o" * 22)
    operator.read()
    assert [one.seen for one in listed(operator)] == [left]


def test_a_request_with_a_token_is_a_use_that_is_logged_once_an_hour(
    room: Chatroom, operator: Peer
) -> None:
    token = made(operator, WRITE)
    room.pass_time(USE_MILLISECONDS)
    seqs = set()
    for _ in range(20):
        room.pass_time(60_000)
        room.hub.outside.poster("x", JSON, Deaf(), token=token.token)
        room.commit()
        assert [one.seen for one in listed(operator)] == [room.clock]
        seqs |= {fact.seq for fact in now(room.log.facts("token/"))}
    assert len(seqs) == 1


def test_a_bot_gives_its_power_in_a_room_back_only_with_the_scope_for_rooms(
    room: Chatroom, operator: Peer
) -> None:
    operator.tell(c.Join(room="tea"))
    operator.tell(c.Say(room="tea", text="tea is ready"))
    room.commit()
    for scope, answer in ((READ, "forbidden"), (ROOMS, None)):
        bot = bot_of(room, made(operator, READ, scope).token)
        operator.tell(c.Appoint(room="tea", name="ci", role="moderator"))
        bot.read()
        bot.tell(c.Appoint(room="tea", name="ci", role="none", ref="a"))
        room.commit()
        refusals = [event.code for event in bot.events() if isinstance(event, e.Error)]
        assert refusals == ([] if answer is None else [answer])


def test_what_a_bot_may_not_say_in_private_opens_no_room(
    room: Chatroom, operator: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise Refused("You posted too much lately.", code="too_much")

    poster = room.hub.outside.poster("x", JSON, Deaf(), token=made(operator, WRITE).token)
    monkeypatch.setattr(Quota, "take", refuse)
    with pytest.raises(Refused, match="too much"):
        room.hub.outside.post_privately(poster, "olga", "psst", room.clock, ref="1")
    assert not [name for name in room.hub.rooms if is_direct(name)]
    assert not operator.events()


def test_a_bot_that_somebody_ignores_brings_them_into_no_private_room(
    room: Chatroom, operator: Peer
) -> None:
    token = made(operator, WRITE).token
    operator.tell(c.Ignore(name="ci"))
    room.commit()
    operator.read()
    poster = room.hub.outside.poster("x", JSON, Deaf(), token=token)
    name = room.hub.outside.post_privately(poster, "olga", "psst", room.clock, ref="1")
    room.commit()
    assert room.hub.rooms[name].last
    assert not operator.events()
