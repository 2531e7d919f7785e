"""Webhooks: who makes them, what they may, and what is kept of them."""

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused
from hubbub.chat.listed import HookSummary
from hubbub.chat.names import AUDIT
from hubbub.hub import hooks
from hubbub.hub.known.grants import USE_MILLISECONDS
from hubbub.wire.json_format import JSON
from tests.hub.moderated import ROOM, Moderated
from tests.hub.peers import Peer, now
from tests.hub.test_drafts import Deaf

ELSEWHERE = "203.0.113.9"


@pytest.fixture
def room() -> Moderated:
    return Moderated()


def made(room: Moderated, peer: Peer, name: str = "ci") -> e.Hook:
    room.commit()
    peer.read()
    peer.tell(c.MakeHook(room=ROOM, name=name))
    room.commit()
    (hook,) = [event for event in peer.events() if isinstance(event, e.Hook)]
    return hook


def listed(room: Moderated, peer: Peer) -> list[HookSummary]:
    peer.read()
    peer.tell(c.Hooks(room=ROOM))
    (answer,) = [event for event in peer.events() if isinstance(event, e.Hooks)]
    return answer.hooks


def use(room: Moderated, secret: str, text: str = "green", name: str = "ci") -> str:
    """Post by a webhook; return 'ok', or the code of the refusal."""
    try:
        poster = room.hub.outside.hook_poster(secret, name, JSON, Deaf(), origin=ELSEWHERE)
        room.hub.outside.post_by_hook(poster, secret, text, room.clock, ref="x")
    except Refused as refusal:
        return refusal.code
    room.commit()
    return "ok"


def said(room: Moderated) -> list[tuple[str, str]]:
    room.cleo.read()
    room.cleo.tell(c.History(room=ROOM, limit=200))
    (page,) = [one for one in room.cleo.events() if isinstance(one, e.Page)]
    return [(one.sender, one.text) for one in page.messages[1:]]


def test_a_webhook_posts_to_its_room_under_its_name(room: Moderated) -> None:
    hook = made(room, room.ann)
    assert len(hook.hook) == 22, "128 bits or more"
    assert (hook.room, hook.about.name, hook.about.by) == (ROOM, "ci", "ann")
    assert use(room, hook.hook) == "ok"
    assert said(room) == [("ci", "green")]
    assert use(room, hook.hook + "x") == "no_such_hook"
    assert use(room, hook.about.id) == "no_such_hook"


def test_a_webhook_is_listed_with_its_last_use_and_without_its_secret(room: Moderated) -> None:
    hook = made(room, room.ann)
    assert listed(room, room.ben) == [hook.about]
    assert hook.about.seen == 0
    room.pass_time(USE_MILLISECONDS)
    use(room, hook.hook)
    room.pass_time(60_000)
    use(room, hook.hook)
    assert [one.seen for one in listed(room, room.ann)] == [room.clock]
    for fact in now(room.log.facts()):
        assert hook.hook not in f"{fact.key} {bytes(fact.value).decode()}"


def test_a_use_is_logged_once_an_hour_and_outlives_the_server(room: Moderated) -> None:
    hook = made(room, room.ann)
    room.pass_time(USE_MILLISECONDS)
    first = room.clock

    def seq() -> int:
        return next(one.seq for one in now(room.log.facts("hook/")))

    use(room, hook.hook)
    logged = seq()
    for _ in range(20):
        room.pass_time(60_000)
        use(room, hook.hook)
    assert seq() == logged, "no message costs a fact"
    room.restart()
    assert [one.seen for one in listed(room, room.arrive("cleo"))] == [first]
    room.pass_time(USE_MILLISECONDS)
    use(room, hook.hook)
    assert seq() > logged


def test_a_revoked_webhook_counts_no_longer(room: Moderated) -> None:
    hook, other = made(room, room.ann), made(room, room.ann, "cd")
    assert room.ask(room.ben, c.RevokeHook(room=ROOM, hook=hook.about.id)) == "ok"
    assert use(room, hook.hook) == "no_such_hook"
    room.restart()
    assert use(room, hook.hook) == "no_such_hook"
    assert use(room, other.hook, name="cd") == "ok"


def test_only_moderators_have_to_do_with_webhooks(room: Moderated) -> None:
    hook = made(room, room.ann)
    commands = (
        c.MakeHook(room=ROOM, name="x"),
        c.Hooks(room=ROOM),
        c.RevokeHook(room=ROOM, hook=hook.about.id),
    )
    for command in commands:
        assert room.ask(room.eve, command) == (
            "forbidden: Only moderators can make and revoke webhooks of 'tea'; ask ann, ben or "
            "cleo."
        )
        assert room.ask(room.pat, command).startswith("forbidden: Only moderators")
    room.olga.tell(c.Join(room="other"))
    elsewhere = c.RevokeHook(room="other", hook=hook.about.id)
    assert room.ask(room.olga, elsewhere).startswith("bad_command: 'other' has no such webhook")
    assert use(room, hook.hook) == "ok"


def test_a_webhook_takes_nobodys_name(room: Moderated) -> None:
    for name in ("eve", "pat", "ann", "Pаt"):
        answer = room.ask(room.ann, c.MakeHook(room=ROOM, name=name))
        assert answer.startswith("name_taken: Somebody has the name"), answer
    assert room.ask(room.ann, c.MakeHook(room=ROOM, name="hubbub")).startswith("name_not_allowed")
    hook = made(room, room.ann)
    room.enter("ci", origin=ELSEWHERE)
    assert use(room, hook.hook) == "name_taken", "whoever posts must do so under another one"
    assert use(room, hook.hook, name="ci (webhook)") == "ok"


def test_a_webhook_may_do_what_its_maker_may(room: Moderated) -> None:
    hook = made(room, room.ann)
    assert room.ask(room.cleo, c.SetRules(room=ROOM, read_only=True, slow_seconds=60)) == "ok"
    assert [use(room, hook.hook) for _ in range(2)] == ["ok", "ok"], "moderators need not wait"
    assert room.ask(room.cleo, c.Appoint(room=ROOM, name="ann", role="none")) == "ok"
    assert use(room, hook.hook) == "forbidden"
    assert room.ask(room.cleo, c.SetRules(room=ROOM, read_only=False, slow_seconds=0)) == "ok"
    assert use(room, hook.hook) == "ok"
    assert room.ask(room.ben, c.Mute(room=ROOM, who="ann")) == "ok"
    assert use(room, hook.hook) == "muted"
    assert room.ask(room.ben, c.Unmute(room=ROOM, who="ann")) == "ok"
    assert room.ask(room.ben, c.Ban(room=ROOM, who="ann")) == "ok"
    assert use(room, hook.hook) == "banned"


def test_a_webhook_works_while_the_door_is_locked(room: Moderated) -> None:
    hook = made(room, room.ann)
    assert room.ask(room.olga, c.SetDoor(locked=True)) == "ok"
    assert use(room, hook.hook) == "ok"


def test_webhooks_are_written_down(room: Moderated) -> None:
    hook = made(room, room.ann)
    room.ask(room.ben, c.RevokeHook(room=ROOM, hook=hook.about.id))
    room.olga.read()
    room.olga.tell(c.History(room=AUDIT))
    (page,) = [one for one in room.olga.events() if isinstance(one, e.Page)]
    assert [(one.sender, one.text) for one in page.messages[-2:]] == [
        ("ann", "made the webhook 'ci' of 'tea'"),
        ("ben", "revoked the webhook 'ci' of 'tea'"),
    ]


def test_a_room_has_only_so_many_webhooks(room: Moderated, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "HOOKS_MAX", 1)
    made(room, room.ann)
    assert room.ask(room.ann, c.MakeHook(room=ROOM, name="cd")) == (
        "forbidden: 'tea' has 1 webhooks, and more are not allowed. Revoke one first."
    )


def test_a_webhook_of_somebody_who_is_let_in_no_longer_posts_no_longer(room: Moderated) -> None:
    hook = made(room, room.ann).hook
    room.ask(room.olga, c.SetAccess(passing=False))
    assert use(room, hook) == "ok"
    room.ask(room.olga, c.SetAccess(guests=False))
    assert use(room, hook) == "not_admitted", "ann is a guest"
    room.ask(room.olga, c.SetAccess(guests=True))
    room.ann.tell(c.ForgetMe(messages="keep"))
    room.commit()
    assert use(room, hook) == "not_admitted", "nobody is known who made it"
    room.ask(room.olga, c.SetAccess(passing=True))
    assert use(room, hook) == "ok"
