"""The client against a server that follows a script: modes, reconnecting, resending, bounds."""

import asyncio

import pytest

from hubbub.chat import commands as c
from hubbub.chat import events as e
from hubbub.chat.errors import Refused, Unreachable
from hubbub.client import (
    Offline,
    Online,
    connect,
    inbox,
    pulse,
)

from .chats import AT_ONCE, let_in, next_of, open_chat, say_and_ack
from .servers import Peer, message, play, room, scripted


def test_a_nonce_of_the_callers_own_is_used() -> None:
    async def scene() -> None:
        async with scripted() as script:

            async def server() -> Peer:
                peer = await script.peer()
                await peer.let_in()
                return peer

            playing = asyncio.create_task(server())
            async with open_chat(script) as chat:
                peer = await playing
                saying = asyncio.create_task(chat.say("hi", nonce="mine"))
                say = await peer.hear(c.Say)
                assert say.nonce == "mine"
                peer.tell(e.Ok(ref=say.ref or "", seq=1))
                assert await saying == 1

    asyncio.run(scene())


def test_nobody_can_foresee_the_next_nonce_from_the_last_ones() -> None:
    """Whoever posts first under our name with it, while we are away, replaces what we said."""

    async def scene() -> None:
        async with scripted() as script:

            async def server() -> Peer:
                peer = await script.peer()
                await peer.let_in()
                return peer

            playing = asyncio.create_task(server())
            async with open_chat(script) as chat:
                peer = await playing
                nonces = []
                for seq in (1, 2):
                    saying = asyncio.create_task(chat.say("hi"))
                    say = await peer.hear(c.Say)
                    nonces.append(say.nonce or "")
                    peer.tell(e.Ok(ref=say.ref or "", seq=seq))
                    assert await saying == seq
        first, second = nonces
        changed = sum(one != other for one, other in zip(first, second, strict=True))
        assert changed > 8, nonces

    asyncio.run(scene())


def test_an_event_server_is_joined_and_a_say_returns_its_seq() -> None:
    async def scene() -> None:
        async with scripted() as script:

            async def server() -> Peer:
                peer = await script.peer()
                assert await peer.let_in() == c.Join(ref="1", room="lobby", epoch="")
                return peer

            playing = asyncio.create_task(server())
            async with open_chat(script) as chat:
                peer = await playing
                await say_and_ack(chat, peer)
                online = await next_of(chat, Online)
                assert online == Online(True, script.address, "script")
                peer.tell(message(1), message(2))
                assert [await next_of(chat, e.Message) for _ in range(2)] == [
                    message(1),
                    message(2),
                ]
                assert chat.replicas["lobby"].cursor == 2

    play(scene)


def test_after_a_loss_it_resumes_rejoins_by_cursor_and_resends_in_order() -> None:
    async def scene() -> None:
        async with scripted() as script:
            letting_in = asyncio.create_task(let_in(script))
            async with open_chat(script) as chat:
                first = await letting_in
                first.tell(message(1))
                await next_of(chat, e.Message)
                says = [asyncio.create_task(chat.say(text)) for text in ("one", "two")]
                written = [await first.hear(c.Say) for _ in says]
                first.close()

                second = await script.peer()
                await second.welcome(session="newer", held=True)
                resume = await second.hear(c.Resume)
                assert resume.session == "secret"
                second.tell(e.Ok(ref=resume.ref or ""))
                join = await second.hear(c.Join)
                assert (join.room, join.after) == ("lobby", 1)
                second.tell(room(last=2, ref=join.ref), message(1), message(2))
                resent = [await second.hear(c.Say) for _ in says]
                assert [one.nonce for one in resent] == [one.nonce for one in written]
                for seq, one in enumerate(resent, 3):
                    second.tell(e.Ok(ref=one.ref or "", seq=seq))
                assert await asyncio.gather(*says) == [3, 4]

                offline = await next_of(chat, Offline)
                assert offline == Offline("connection closed by the server", 0)
                assert await next_of(chat, e.Message) == message(2)  # and no repeat

                second.close()
                third = await script.peer()
                await third.welcome(session="newest", held=True)
                assert (await third.hear(c.Resume)).session == "newer"

    play(scene)


def test_a_secret_counts_once_the_server_has_confirmed_it() -> None:
    async def scene() -> None:
        async with scripted() as script:
            letting_in = asyncio.create_task(let_in(script))
            async with open_chat(script):
                (await letting_in).close()
                second = await script.peer()
                await second.welcome(session="unconfirmed", held=True)
                await second.hear(c.Resume)
                second.close()
                third = await script.peer()
                await third.welcome(session="third", held=True)
                assert (await third.hear(c.Resume)).session == "secret"

    play(scene)


def test_a_taken_name_is_refused_for_good() -> None:
    async def scene() -> None:
        async with scripted() as script:

            async def server() -> None:
                peer = await script.peer()
                await peer.welcome(held=True)
                ref = (await peer.hear(c.Resume)).ref
                peer.tell(e.Error(ref=ref, code="name_taken", message="Taken.", retry_after=43))

            playing = asyncio.create_task(server())
            with pytest.raises(Refused, match="Taken") as refused:
                await open_chat(script).__aenter__()
            assert (refused.value.code, refused.value.retry_after) == ("name_taken", 43)
            await playing

    play(scene)


def test_a_patient_chat_waits_until_a_kept_name_is_free() -> None:
    async def scene() -> None:
        async with scripted() as script:
            chat = connect(script.address, name="ann", reconnect=AT_ONCE, patient=True)
            async with chat:
                peer = await script.peer()
                await peer.welcome(held=True)
                ref = (await peer.hear(c.Resume)).ref
                peer.tell(e.Error(ref=ref, code="name_taken", message="Kept.", retry_after=1))
                letting_in = asyncio.create_task(let_in(script))
                offline = await next_of(chat, Offline)
                assert (offline.reason, offline.retry_seconds) == ("Kept", 1)
                await letting_in
                await next_of(chat, Online)

    play(scene)


def test_a_patient_chat_comes_again_if_it_cannot_be_let_in_just_now() -> None:
    async def scene() -> None:
        async with scripted() as script:
            chat = connect(script.address, name="ann", reconnect=AT_ONCE, patient=True)
            async with chat:
                peer = await script.peer()
                await peer.welcome(held=True)
                ref = (await peer.hear(c.Resume)).ref
                peer.tell(e.Error(ref=ref, code="log_unavailable", message="Full."))
                letting_in = asyncio.create_task(let_in(script))
                assert (await next_of(chat, Offline)).reason == "Full"
                await letting_in
                await next_of(chat, Online)

    play(scene)


def test_a_failed_resume_is_the_end_of_the_chat_and_of_what_waits() -> None:
    async def scene() -> None:
        async with scripted() as script:
            letting_in = asyncio.create_task(let_in(script))
            async with open_chat(script) as chat:
                peer = await letting_in
                saying = asyncio.create_task(chat.say("hi"))
                await peer.hear(c.Say)
                peer.close()
                second = await script.peer()
                await second.welcome(held=True)
                resume = await second.hear(c.Resume)
                second.tell(e.Error(ref=resume.ref, code="name_taken", message="Taken."))
                with pytest.raises(Refused, match="Taken"):
                    await saying
                with pytest.raises(Refused, match="Taken"):
                    await next_of(chat, e.Bye)

    play(scene)


def test_a_refusal_before_the_welcome_is_raised() -> None:
    async def scene() -> None:
        async with scripted() as script:

            async def server() -> None:
                peer = await script.peer()
                await peer.frame()
                peer.tell(e.Error(code="name_not_allowed", message="Not that name."))
                peer.close()

            playing = asyncio.create_task(server())
            with pytest.raises(Refused, match="Not that name"):
                await open_chat(script).__aenter__()
            await playing

    play(scene)


def test_a_refused_room_is_raised() -> None:
    async def scene() -> None:
        async with scripted() as script:

            async def server() -> None:
                peer = await script.peer()
                await peer.welcome()
                join = await peer.hear(c.Join)
                peer.tell(e.Error(ref=join.ref, code="room_not_allowed", message="Not that."))

            playing = asyncio.create_task(server())
            with pytest.raises(Refused, match="Not that"):
                await open_chat(script).__aenter__()
            await playing

    play(scene)


def test_a_gap_is_closed_by_joining_again_once() -> None:
    async def scene() -> None:
        async with scripted() as script:
            letting_in = asyncio.create_task(let_in(script, last=3))
            async with open_chat(script) as chat:
                peer = await letting_in
                peer.tell(message(6), message(7))
                join = await peer.hear(c.Join)
                assert join.after == 3
                peer.tell(room(last=7, ref=join.ref), *map(message, range(4, 9)))
                seqs = [(await next_of(chat, e.Message)).seq for _ in range(5)]
                assert seqs == [4, 5, 6, 7, 8]
                await say_and_ack(chat, peer)  # and no second join came before

    play(scene)


def test_bye_says_why_and_the_client_comes_back() -> None:
    async def scene() -> None:
        async with scripted() as script:
            letting_in = asyncio.create_task(let_in(script))
            async with open_chat(script) as chat:
                (await letting_in).tell(e.Bye(reason="The server restarts."))
                assert await next_of(chat, Offline) == Offline("The server restarts", 0)
                await (await script.peer()).let_in(resumed="secret")

    play(scene)


def test_refusals_carry_the_servers_code_and_the_session_goes_on() -> None:
    async def scene() -> None:
        async with scripted() as script:
            letting_in = asyncio.create_task(let_in(script))
            async with open_chat(script) as chat:
                peer = await letting_in
                asking = asyncio.create_task(chat.edit("lobby", 1, "x"))
                edit = await peer.hear(c.Edit)
                peer.tell(e.Error(ref=edit.ref, code="forbidden", message="Not yours."))
                with pytest.raises(Refused, match="Not yours") as refused:
                    await asking
                assert refused.value.code == "forbidden"
                await say_and_ack(chat, peer)

    play(scene)


def test_what_is_too_long_for_a_frame_is_refused_before_it_breaks_the_connection() -> None:
    async def scene() -> None:
        async with scripted() as script:
            letting_in = asyncio.create_task(let_in(script))
            async with open_chat(script) as chat:
                peer = await letting_in
                for asking in (chat.say("x" * 1000), chat.topic("lobby", "x" * 1000)):
                    with pytest.raises(Refused) as refused:
                        await asking
                    assert refused.value.code == "too_long"
                await say_and_ack(chat, peer)

    play(scene)


def test_questions_fail_when_the_connection_does() -> None:
    async def scene() -> None:
        async with scripted() as script:
            letting_in = asyncio.create_task(let_in(script))
            async with connect(script.address, name="ann", reconnect=False) as chat:
                peer = await letting_in
                asking = asyncio.create_task(chat.rooms())
                await peer.hear(c.Rooms)
                peer.close()
                with pytest.raises(Unreachable):
                    await asking
                with pytest.raises(Unreachable, match="connection closed by the server"):
                    await next_of(chat, e.Bye)

    play(scene)


def test_silence_is_questioned_and_then_taken_for_a_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulse, "QUIET_SECONDS", 0.05)
    monkeypatch.setattr(pulse, "SIGN_SECONDS", 0.05)

    async def scene() -> None:
        async with scripted() as script:
            letting_in = asyncio.create_task(let_in(script))
            async with open_chat(script) as chat:
                peer = await letting_in
                ping = await peer.hear(c.Ping)
                peer.tell(e.Ok(ref=ping.ref or ""))
                await peer.hear(c.Ping)
                assert await next_of(chat, Offline) == Offline("the server has fallen silent", 0)

    play(scene)


def test_a_program_that_never_reads_events_may_speak_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And what it left unread comes later without a gap, although little of it is held."""
    monkeypatch.setattr(inbox, "PAUSE_BYTES", 2000)
    monkeypatch.setattr(inbox, "FULL_BYTES", 8000)

    async def scene() -> None:
        async with scripted() as script:
            letting_in = asyncio.create_task(let_in(script))
            async with open_chat(script) as chat:
                peer = await letting_in
                peer.tell(*map(message, range(1, 201)))
                for _ in range(3):
                    await say_and_ack(chat, peer)
                held = chat.replicas["lobby"].cursor
                assert held < 100

                async def rejoined() -> None:
                    while True:
                        join = await peer.hear(c.Join)
                        first = (join.after or 0) + 1
                        peer.tell(room(last=200, ref=join.ref), *map(message, range(first, 201)))

                rejoining = asyncio.create_task(rejoined())
                seqs = [(await next_of(chat, e.Message)).seq for _ in range(200)]
                assert seqs == list(range(1, 201))
                rejoining.cancel()

    play(scene)
