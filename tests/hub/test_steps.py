"""What is asked of the hub takes as many steps in a full chatroom as in an empty one.

Steps are those of Python's machine. What is in proportion to a list has the bound of lists.
"""

from collections.abc import Callable
from contextlib import suppress

import pytest

from hubbub.chat import commands as c
from hubbub.chat.errors import Refused
from hubbub.chat.limits import Limits
from hubbub.chat.rules import Ban
from hubbub.hub import Decision
from hubbub.hub.commands import DECISIONS
from hubbub.hub.lines import LINE_COMMANDS
from hubbub.wire.framed import CLASSIC, EVENTS
from tests.hub.moderated import ROOM, Moderated
from tests.hub.peers import Chatroom, Peer
from tests.hub.test_drafts import Deaf
from tests.inputs.steps import Steps

FEW, MANY = 20, 200
COMPARING_STEPS = 250
SLACK = 60
"""Steps that a longer number, or one more entry of a short list, may take."""

COMMANDS: list[c.AnyCommand | c.InnerCommand] = [
    c.AskMetadata(room="dev", with_people=True),
    c.Away(text="x"),
    c.Back(),
    c.Challenge(name="bob"),
    c.ChangePassword(old="x", new="four words of mine"),
    c.Confirm(code="7KQ2-M9XD"),
    c.Conversations(),
    c.Delete(room="dev", seq=1),
    c.Devices(),
    c.Direct(name="bob"),
    c.Edit(room="dev", seq=1, text="x"),
    c.ForgetMe(messages="delete"),
    c.Hello(name="x"),
    c.GiveOutCode(name="bob"),
    c.History(room="dev"),
    c.Identify(device="x" * 22),
    c.Ignore(name="bob"),
    c.Invitations(),
    c.Invite(),
    c.Join(room="dev"),
    c.Join(room="new"),
    c.Leave(room="dev"),
    c.Link(code="7KQ2-M9XD", device="x" * 22),
    c.Login(name="ann", password="x"),
    c.Logout(),
    c.Hooks(room="dev"),
    c.MakeHook(room="dev", name="ci"),
    c.RevokeHook(room="dev", hook="x"),
    c.MakeToken(name="ci", scopes=[]),
    c.Members(room="dev"),
    c.Operate(code="7KQ2-M9XD-4TVH-W3ZC"),
    c.Ping(ref="1"),
    c.Profile(name="bob"),
    c.Prove(name="bob", said="x", proof=b"x"),
    c.Certify(fingerprint="ab" * 32),
    c.LinkCertificate(fingerprint="ab" * 32),
    c.LinkCertificate(fingerprint="ab", on=False),
    c.Certificates(),
    c.React(room="dev", seq=1, emoji="x"),
    c.Recover(name="bob", code="7KQ2-M9XD-4TVH-W3ZC", password="four words of mine"),
    c.Register(password="four words of mine"),
    c.Rename(name="yves"),
    c.Resume(session="x"),
    c.Revoke(device="x"),
    c.RevokeToken(token="x"),
    c.Rooms(),
    c.Say(room="dev", text="x"),
    c.Upload(room="dev", name="x", size=1),
    c.Search(query="x"),
    c.Search(query="x", room="dev"),
    c.Mentions(),
    c.Replies(room="dev", seq=1),
    c.Pin(room="dev", seq=1),
    c.Pins(room="dev"),
    c.Revisions(room="dev", seq=1),
    c.Seen(room="dev", seq=1),
    c.SetTopic(room="dev", text="x"),
    c.SetMetadata(key="x", value="x"),
    c.SetMetadata(key="x", value="x", room="dev"),
    c.Show(real="x"),
    c.ShowCode(),
    c.Kick(room="dev", name="bob"),
    c.Ban(room="dev", who="bob"),
    c.Unban(room="dev", who="bob"),
    c.Mute(who="bob"),
    c.Unmute(who="bob"),
    c.Bans(),
    c.SetDoor(locked=True),
    c.SetAccess(guests=True),
    c.Report(room="dev", seq=1),
    c.SetRules(room="dev", locked=True),
    c.SetRules(room="dev", private=True),
    c.Add(room="dev", name="bob"),
    c.Appoint(room="dev", name="bob", role="owner"),
    c.DeleteRoom(room="dev"),
    c.Enter(room="new", key="x"),
    c.Part(room="dev", reason="x"),
    c.Farewell(reason="x"),
    c.Signal(room="dev", tags={"+x": "y"}),
    c.Hold(names=("ann", "bob")),
    c.Import(source="slack"),
    c.BeCalled(name="zoe"),
    c.SetModes(room="dev", limit=5),
    c.Give(room="dev", name="bob", role="moderator", on=True),
    c.Exempt(room="dev", of="ban", name="bob"),
    c.Exemptions(room="dev", of="door"),
    c.Kill(name="bob"),
    c.Oper(name="x", password="x"),
    c.Wallops(text="x"),
    c.Move(room="dev", to="sea", reason="x"),
    c.Watch(names=("bob",)),
    c.AskAbout(room="dev"),
    c.Look(room="dev"),
    c.Look(names=("bob",)),
    c.WhoWas(name="bob"),
    c.Settle(),
    c.Tokens(),
    c.Status(),
    c.People(),
    c.Sessions(),
    c.Reload(),
    c.Backup(),
    c.Typing(room="dev"),
    c.Uninvite(invitation="x"),
    c.Unlock(password="x"),
]
LINES = ["x", "/help", "/rooms", "/join new", "/who", "/history", "/search x", "/topic", "/topic x"]
LINES += ["/me waves", "/away x", "/back", "/whois bob", "/ignore bob", "/unignore bob"]
LINES += ["/operate 7KQ2-M9XD-4TVH-W3ZC", "/nick yves"]
LINES += ["/register four words of mine", "/login bob four words of mine"]
LINES += ["/lock", "/unlock", "/slow 30s", "/title sea", "/moderator bob", "/door locked"]
LINES += ["/private", "/public", "/add bob"]
LINES += ["/delete-room dev"]
LINES += ["/kick bob", "/ban bob 10m x", "/unban bob", "/mute bob", "/unmute bob"]
LINES += ["/msg bob x", "/msg nobody at all is called so"]
LISTS = (
    c.Conversations(),
    c.Join(room="dev"),
    c.AskMetadata(room="dev", with_people=True),
    c.Members(room="dev"),
    "/who",
    "/join new",
    c.Rooms(),
    "/rooms",
    c.Enter(room="new", key="x"),
    c.Look(room="dev"),
)

EVERYWHERE = (
    *(c.Away(text="x"), "/away x", c.Search(query="x"), c.Mentions()),
    *(c.Show(real="x"), c.SetMetadata(key="x", value="x")),
)
"""Told or looked for in each room of one's own, and paid for by their number."""


def test_every_command_is_asked() -> None:
    assert {type(command) for command in COMMANDS} == set(DECISIONS)
    assert {line[1:].partition(" ")[0] for line in LINES if line[0] == "/"} == set(LINE_COMMANDS)


def full(count: int, *, listed_max: int, same_room: bool) -> tuple[Chatroom, Peer]:
    """Return a chatroom with ann and so many others, and rooms, and drafts that wait."""
    chatroom = Chatroom(Limits(listed_max=listed_max, rooms_per_member_max=1000))
    ann = chatroom.enter("ann")
    chatroom.enter("bob").tell(c.Join(room="dev"))
    ann.tell(c.Join(room="dev"))
    for number in range(count):
        other = chatroom.enter(f"other {number}")
        other.tell(c.Join(room="dev" if same_room else f"room {number}".replace(" ", "-")))
        other.tell(c.Direct(name="ann"))  # so ann is in many rooms
        for room in list(other.session.members):
            other.tell(c.Say(room=room, text="x"))
        if number % 2:
            chatroom.hub.depart(other.session)
    chatroom.announce()
    return chatroom, ann


def steps_of(ask: Callable[[], Decision]) -> int:
    """Return the steps up to the first question."""

    def once() -> None:
        with suppress(Refused):
            decision = ask()
            if decision is not None:
                with suppress(StopIteration):
                    next(decision)
                decision.close()

    steps = Steps()
    with steps.installed():
        return steps.of(once)


def asked(
    chatroom: Chatroom, peer: Peer, what: c.AnyCommand | c.InnerCommand | str
) -> Callable[[], Decision]:
    if isinstance(what, str):
        return lambda: chatroom.hub.line(peer.session, what, 0)
    return lambda: chatroom.hub.command(peer.session, what, 0)


@pytest.mark.parametrize(
    "what", [one for one in (*COMMANDS, *LINES) if one not in EVERYWHERE], ids=str
)
@pytest.mark.parametrize("same_room", [True, False], ids=["members", "rooms"])
def test_what_is_asked_takes_no_more_steps_among_more(
    what: c.AnyCommand | c.InnerCommand | str, same_room: bool
) -> None:
    counts: list[int] = []
    for count in (FEW, FEW, MANY):  # the first one reads what is read once
        is_list = what in LISTS
        chatroom, ann = full(count, listed_max=5 if is_list else 10_000, same_room=same_room)
        counts.append(steps_of(asked(chatroom, ann, what)))
    assert counts[-1] <= 1.5 * counts[1] + SLACK, counts


def enter(chatroom: Chatroom, _ann: Peer) -> Decision:
    return chatroom.hub.enter("newcomer", EVENTS, Deaf(), "secret")[1]


def enter_under_a_name_that_is_in_flight(chatroom: Chatroom, _ann: Peer) -> Decision:
    return chatroom.hub.enter("other 1", EVENTS, Deaf(), "secret")[1]


def enter_the_lobby(chatroom: Chatroom, _ann: Peer) -> Decision:
    return chatroom.hub.enter("newcomer", CLASSIC, Deaf(), "secret")[1]


def post(chatroom: Chatroom, _ann: Peer) -> None:
    poster = chatroom.hub.outside.poster("ci", CLASSIC, Deaf())
    chatroom.hub.outside.post(poster, "dev", "x", 0, ref="1")


def post_to_a_new_room(chatroom: Chatroom, _ann: Peer) -> None:
    poster = chatroom.hub.outside.poster("ci", CLASSIC, Deaf())
    chatroom.hub.outside.post(poster, "builds", "x", 0, ref="1")


def depart(chatroom: Chatroom, _ann: Peer) -> None:
    chatroom.hub.depart(chatroom.hub.here.named("bob")[0])


def list_the_rooms(chatroom: Chatroom, _ann: Peer) -> None:
    chatroom.hub.list_rooms()


@pytest.mark.parametrize(
    "ask",
    [
        enter,
        enter_under_a_name_that_is_in_flight,
        enter_the_lobby,
        post,
        post_to_a_new_room,
        depart,
        list_the_rooms,
    ],
)
def test_who_comes_goes_and_posts_takes_no_more_steps_among_more(
    ask: Callable[[Chatroom, Peer], Decision],
) -> None:
    counts: list[int] = []
    for count in (FEW, FEW, MANY):
        listed_max = 5 if ask is list_the_rooms else 10_000
        chatroom, ann = full(count, listed_max=listed_max, same_room=False)
        counts.append(steps_of(lambda: ask(chatroom, ann)))  # noqa: B023 (it is called at once)
    assert counts[-1] <= 1.5 * counts[1] + SLACK, counts


def test_a_mute_in_one_room_costs_nothing_in_another() -> None:
    counts: list[int] = []
    for mutes in (0, 0, 3):  # the first one reads what is read once
        chatroom, ann = full(1, listed_max=5, same_room=True)
        for number in range(mutes):
            ban = Ban(person=f"eve{number}", room="elsewhere")
            chatroom.hub._state.order.mutes.put(ban.id, ban)
        counts.append(steps_of(asked(chatroom, ann, c.Say(room="lobby", text="hello"))))
    assert counts[1] == counts[2]


@pytest.mark.parametrize("who", ["zz*", "*zz*", "zz", "203.0.113.7"])
def test_a_new_ban_looks_at_each_member_in_a_few_steps(who: str) -> None:
    """Several may come with one commit: all of these are one turn of the loop."""
    counts: list[int] = []
    for count in (FEW, FEW, MANY):
        chatroom = Moderated()
        for number in range(count):
            chatroom.enter(f"other {number}", origin="198.51.100.1").tell(c.Join(room=ROOM))
        chatroom.announce()
        chatroom.cleo.tell(c.Ban(room=ROOM, who=who))
        steps = Steps()
        with steps.installed():
            counts.append(steps.of(chatroom.commit))
    assert counts[-1] - counts[1] <= (MANY - FEW) * COMPARING_STEPS, counts
