"""Frames as the tutorial's descendants write them (protocol section 1)."""

from collections.abc import Callable

import pytest

from hubbub.testing import LocalServer
from tests.interop.raw import RawPeer, frame

HEADERS: dict[str, Callable[[int], str]] = {
    "left-justified": lambda length: f"{length:<10}",
    "after a space": lambda length: f" {length:<9}",
    "after two spaces": lambda length: f"  {length:<8}",
    "right-justified": lambda length: f"{length:>10}",
    "centred": lambda length: f"{length:^10}",
    "zero-padded": lambda length: f"{length:010}",
    "some zeros": lambda length: f" 00{length} ".ljust(10),
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS.keys())
def test_every_header_of_the_wild_is_understood(
    hubbub_server: LocalServer, header: Callable[[int], str]
) -> None:
    """`Readers accept what int(header.decode().strip()) accepts in practice in the wild: spaces on
    either side, leading zeros, right-justified digits`; `Writers emit exactly` the canonical one.
    """

    def odd(text: str) -> bytes:
        return header(len(text.encode())).encode() + text.encode()

    with (
        RawPeer(hubbub_server.host, hubbub_server.port, "ann") as ann,
        RawPeer(hubbub_server.host, hubbub_server.port) as bob,
    ):
        bob.send(odd("Böb"))
        bob.send(odd("zwölf Boxkämpfer"))
        bob.send(odd("x" * 1234))
        assert ann.pair() == ("Böb", "zwölf Boxkämpfer")
        assert ann.pair() == ("Böb", "x" * 1234)
        ann.say("ja")
        assert bob.exactly(13) == b"3         ann"
        assert bob.exactly(12) == b"2         ja"


def test_a_plus_in_a_message_of_a_classic_session_is_the_same_number(
    hubbub_server: LocalServer,
) -> None:
    """`A header may begin with +: to every tutorial peer that is the same number`"""
    with (
        RawPeer(hubbub_server.host, hubbub_server.port, "ann") as ann,
        RawPeer(hubbub_server.host, hubbub_server.port, "bob") as bob,
    ):
        bob.send(b"+5        hello")
        assert ann.pair() == ("bob", "hello")


def test_name_and_first_message_may_share_a_segment(hubbub_server: LocalServer) -> None:
    with (
        RawPeer(hubbub_server.host, hubbub_server.port, "ann") as ann,
        RawPeer(hubbub_server.host, hubbub_server.port) as bob,
    ):
        bob.send(frame("bob") + frame("hello") + frame("second"))
        assert ann.pair() == ("bob", "hello")
        assert ann.pair() == ("bob", "second")


def test_frames_of_length_zero_mean_nothing(hubbub_server: LocalServer) -> None:
    """`A length of 0 is a valid frame and means nothing: it is ignored.`"""
    with (
        RawPeer(hubbub_server.host, hubbub_server.port, "ann") as ann,
        RawPeer(hubbub_server.host, hubbub_server.port) as bob,
    ):
        bob.send(frame("") + frame("bob") + frame("") + b"0000000000" + b"         0")
        bob.send(frame("hello") + frame("") + frame("second"))
        assert ann.pair() == ("bob", "hello")
        assert ann.pair() == ("bob", "second")


def test_messages_of_spaces_arrive_as_they_are(hubbub_server: LocalServer) -> None:
    """What the tutorial's server relays, hubbub relays; and the pairs stay in step."""
    with (
        RawPeer(hubbub_server.host, hubbub_server.port, "ann") as ann,
        RawPeer(hubbub_server.host, hubbub_server.port, "bob") as bob,
    ):
        for text in (" ", "   ", "\t", "  indented ", "end"):
            bob.say(text)
            assert ann.pair() == ("bob", text)


@pytest.mark.parametrize("letter", ["x", "ü", "世", "🎉"])
def test_a_line_of_5000_characters_in_one_write_arrives_whole(
    hubbub_server: LocalServer, letter: str
) -> None:
    with (
        RawPeer(hubbub_server.host, hubbub_server.port, "ann") as ann,
        RawPeer(hubbub_server.host, hubbub_server.port, "bob") as bob,
    ):
        bob.say(letter * 5000)
        assert ann.pair() == ("bob", letter * 5000)


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param(["Grüße", "after"], id="the count ends inside a character"),
        pytest.param(["naïve", "after"], id="the next header begins with a letter"),
        pytest.param(["世界中の人", "after"], id="of three bytes each"),
    ],
)
def test_a_length_counted_in_characters_is_explained_and_the_connection_closed(
    hubbub_server: LocalServer, texts: list[str]
) -> None:
    """`The peer gets one plain sentence that names the cause and the connection is closed. The
    commonest cause is a client that counts characters instead of bytes: say so`
    """
    with (
        RawPeer(hubbub_server.host, hubbub_server.port, "ann") as ann,
        RawPeer(hubbub_server.host, hubbub_server.port, "bob") as bob,
    ):
        for text in texts:
            bob.send(f"{len(text):<10}{text}".encode())
        sender, sentence = bob.pair()
        assert sender == "hubbub"
        assert "characters" in sentence
        assert "bytes" in sentence
        assert bob.rest() == b""
        ann.say("/who")
        heard = ann.pair()
        while heard[0] != "hubbub":  # what was in step before the fault may have come
            assert heard[0] == "bob"
            assert texts[0].startswith(heard[1])
            heard = ann.pair()


@pytest.mark.parametrize(
    "garbage",
    [
        b"hello room",
        b"-5        ",
        b"1_0       ",
        "٥".encode().ljust(10),
        b"5.0       ",
        b"9999999999",
    ],
)
def test_a_wrong_header_harms_nobody_else(hubbub_server: LocalServer, garbage: bytes) -> None:
    """`Everything else is a protocol error: no digits, a minus sign, _, non-ASCII digits, a length
    above the limit`; `No input of one connection can harm another.`
    """
    with (
        RawPeer(hubbub_server.host, hubbub_server.port, "ann") as ann,
        RawPeer(hubbub_server.host, hubbub_server.port, "bob") as bob,
        RawPeer(hubbub_server.host, hubbub_server.port, "cid") as cid,
    ):
        bob.send(frame("last words") + garbage)
        sender, sentence = bob.pair()
        assert (sender, bob.rest()) == ("hubbub", b"")
        assert sentence.endswith(".")
        cid.say("still here")
        assert ann.pair() == ("bob", "last words")
        assert ann.pair() == ("cid", "still here")


def test_one_byte_at_a_time_is_as_good_as_any(hubbub_server: LocalServer) -> None:
    with (
        RawPeer(hubbub_server.host, hubbub_server.port, "ann") as ann,
        RawPeer(hubbub_server.host, hubbub_server.port) as bob,
    ):
        for byte in frame("Böb") + frame("grüß dich 世界") + frame("") + frame("!"):
            bob.send(bytes([byte]))
        assert ann.pair() == ("Böb", "grüß dich 世界")
        assert ann.pair() == ("Böb", "!")
