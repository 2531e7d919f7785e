"""The tutorial's clients, unchanged, in a hubbub chatroom (protocol section 2)."""

import unicodedata

import pytest

from hubbub.testing import LocalServer
from tests.interop.raw import RawPeer, frame
from tests.interop.terminal import Terminal, program, shows

TEXTS = ["Grüße aus Köln", "世界、こんにちは", "👩‍👩‍👧 and 🏳️‍🌈", "plain"]


def polling(server: LocalServer, name: str) -> Terminal:
    return Terminal(program("polling_client", server.host, str(server.port), name))


def threaded(server: LocalServer, name: str) -> Terminal:
    return Terminal(program("threaded_client", server.host, str(server.port), name))


def test_two_polling_clients_and_a_threaded_one_chat(hubbub_server: LocalServer) -> None:
    """`Every *other* member of the room receives, per message, two frames: the sender's username,
    then the text. The sender receives no echo.`
    """
    with (
        polling(hubbub_server, "ann") as ann,
        polling(hubbub_server, "Bob Ö.") as bob,
        threaded(hubbub_server, "cid") as cid,
        RawPeer(hubbub_server.host, hubbub_server.port, "witness") as witness,
    ):
        witness.wait_for("ann", "Bob Ö.", "cid")
        speakers = [("ann", ann), ("Bob Ö.", bob), ("cid", cid)]
        said = []
        for text in TEXTS:
            for name, speaker in speakers:
                speaker.type(text)
                assert witness.exactly(len(frame(name)) + len(frame(text))) == (
                    frame(name) + frame(text)
                )
                said.append((name, text))
        for name, terminal in speakers:
            heard = [f"{sender} > {text}\n" for sender, text in said if sender != name]
            if terminal is cid:
                terminal.expect(f"Bob Ö. > {TEXTS[-1]}\n")
            else:
                terminal.press_enter_until(shows(*heard))
            assert shows(*heard)(terminal.screen)
            for text in TEXTS:
                assert terminal.screen.count(text) == 2, "no echo, and nothing twice"


def test_a_polling_client_never_falls_out_of_step_while_others_chatter(
    hubbub_server: LocalServer,
) -> None:
    """`Tutorial clients read only after Enter, print raw bytes and lose sync on a partial read.`"""
    with (
        polling(hubbub_server, "ann") as ann,
        RawPeer(hubbub_server.host, hubbub_server.port, "noisy") as noisy,
    ):
        noisy.wait_for("ann")
        texts = [f"message {number} {'é' * (number % 60)}." for number in range(400)]
        for start in range(0, len(texts), 20):
            for text in texts[start : start + 20]:
                noisy.say(text)
            ann.type("")
        ann.press_enter_until(shows(texts[-1]))
        heard = [line for line in ann.screen.replace("ann > ", "").splitlines() if line]
        assert heard == [f"noisy > {text}" for text in texts]


def test_a_polling_client_in_a_full_room_says_something_only_now_and_then(
    hubbub_server: LocalServer,
) -> None:
    """`keep a silent reader's place (section 6) instead of disconnecting it`"""
    with (
        polling(hubbub_server, "ann") as ann,
        RawPeer(hubbub_server.host, hubbub_server.port, "noisy") as noisy,
    ):
        noisy.wait_for("ann")
        texts = [f"{number} {'x' * 200}" for number in range(300)]
        noisy.send(b"".join(map(frame, texts)))
        noisy.who()
        ann.type("my turn")
        assert noisy.pair() == ("ann", "my turn")
        ann.press_enter_until(shows(*texts))


def test_a_classic_client_with_a_taken_name_is_told_so_and_closed(
    hubbub_server: LocalServer,
) -> None:
    """`A classic client with a taken name is told so in a message from `hubbub` and closed.`"""
    with (
        RawPeer(hubbub_server.host, hubbub_server.port, "Ann") as first,
        threaded(hubbub_server, "ann") as second,
    ):
        second.expect("The server has gone")
        assert "hubbub > The name 'ann' is taken." in second.screen
        assert "1 in lobby: Ann" in first.who()


def test_a_polling_client_learns_from_the_server_why_it_is_refused(
    hubbub_server: LocalServer,
) -> None:
    """`The server itself speaks as the reserved name `hubbub`, in the same two frames.`"""
    with polling(hubbub_server, "hubbub") as impostor:
        impostor.press_enter_until(lambda screen: "Connection closed by the server" in screen)
        assert "hubbub > The name 'hubbub' is reserved" in impostor.screen
        assert impostor.ends() == 0


@pytest.mark.parametrize(
    "text",
    [
        "nul\0byte",
        "\x1b[31mred\x1b[0m",
        "bell\a",
        "back\bspace",
        "c1\x9b31m",
        "over\rwritten",
        "\x7f",
    ],
)
def test_no_control_character_reaches_a_classic_member(
    hubbub_server: LocalServer, text: str
) -> None:
    """`Control characters other than newline and tab never reach a member: a terminal that
    prints the payload raw stays safe.`
    """
    with (
        RawPeer(hubbub_server.host, hubbub_server.port, "ann") as ann,
        RawPeer(hubbub_server.host, hubbub_server.port, "bob") as bob,
        threaded(hubbub_server, "cid") as cid,
    ):
        ann.wait_for("bob", "cid")
        bob.say(text)
        bob.say("\0\x1b\a")  # nothing visible remains of this one
        bob.say("end")
        heard = [ann.pair()]
        while heard[-1] != ("bob", "end"):
            heard.append(ann.pair())
        cid.expect("bob > end\n")
        for sender, arrived in heard:
            assert sender == "bob"
            assert arrived, "no frame is empty"
            assert not any(unicodedata.category(char) == "Cc" for char in arrived)
        assert cid.screen == "".join(f"{sender} > {arrived}\n" for sender, arrived in heard)


@pytest.mark.parametrize("name", ["", "   ", "\0", "a\0b", "a\x1b[2Jb", "x" * 33, "a\nb"])
def test_no_member_has_an_empty_or_unsafe_name(hubbub_server: LocalServer, name: str) -> None:
    """`They break on: an empty username, NUL padding. Never send those.`"""
    with RawPeer(hubbub_server.host, hubbub_server.port, "ann") as ann:
        with RawPeer(hubbub_server.host, hubbub_server.port) as odd:
            odd.send(frame(name) + frame("hello") + frame("second"))
            if not name:  # a frame of length 0 means nothing: "hello" is the name then
                assert ann.pair() == ("hello", "second")
            else:
                sender, sentence = odd.pair()
                assert (sender, odd.rest()) == ("hubbub", b"")
                assert "Choose" in sentence
        assert ann.who().endswith(("lobby: ann", "lobby: ann, hello"))


def test_a_sender_who_leaves_at_once_is_still_heard(hubbub_server: LocalServer) -> None:
    """`echo | client` in a script: all that was sent before the connection ended is delivered."""
    with RawPeer(hubbub_server.host, hubbub_server.port, "ann") as ann:
        with RawPeer(hubbub_server.host, hubbub_server.port) as brief:
            brief.send(frame("ci") + b"".join(frame(f"line {number}") for number in range(50)))
        assert [ann.pair() for _ in range(50)] == [("ci", f"line {n}") for n in range(50)]
