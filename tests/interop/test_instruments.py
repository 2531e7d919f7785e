"""The programs of this folder have the faults they are here for; else they would prove nothing."""

import socket

from tests.interop.conftest import TutorialServer
from tests.interop.raw import PATIENCE_SECONDS, RawPeer, frame
from tests.interop.terminal import Terminal, program


def test_the_polling_client_falls_out_of_step_on_half_a_frame() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = str(listening.getsockname()[1])
        with Terminal(program("polling_client", "127.0.0.1", port, "ann")) as ann:
            listening.settimeout(PATIENCE_SECONDS)
            connection, _ = listening.accept()
            with connection:
                connection.sendall(frame("bob") + frame("hello")[:12])
                ann.press_enter_until(lambda screen: "bob > he\n" in screen)
                connection.sendall(frame("hello")[12:] + frame("bob") + frame("again"))
                ann.press_enter_until(lambda screen: "Reading error: " in screen)
                assert ann.ends() == 1


def test_the_polling_client_loses_a_lone_name() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = str(listening.getsockname()[1])
        with Terminal(program("polling_client", "127.0.0.1", port, "ann")) as ann:
            listening.settimeout(PATIENCE_SECONDS)
            connection, _ = listening.accept()
            with connection:
                connection.sendall(frame("bob"))
                ann.type("")  # it takes the name, finds no text, and forgets the name
                ann.expect("ann > ", 2)
                connection.sendall(frame("hello") + frame("bob") + frame("again"))
                ann.press_enter_until(lambda screen: "hello > bob\n" in screen)


def test_the_tutorial_server_serves_nobody_while_it_waits_for_a_name(
    tutorial_server: TutorialServer,
) -> None:
    with (
        RawPeer(tutorial_server.host, tutorial_server.port) as silent,
        RawPeer(tutorial_server.host, tutorial_server.port) as ann,
    ):
        ann.say("ann")
        silent.say("silent")
        tutorial_server.terminal.expect("New: silent\nNew: ann\n")


def test_the_tutorial_server_ends_on_invalid_utf8(tutorial_server: TutorialServer) -> None:
    with RawPeer(tutorial_server.host, tutorial_server.port) as odd:
        odd.send(frame("odd") + frame(b"\xff"))
        tutorial_server.terminal.expect("UnicodeDecodeError")
        assert tutorial_server.terminal.ends() == 1


def test_the_tutorial_server_relays_header_bytes_as_they_came(
    tutorial_server: TutorialServer,
) -> None:
    with (
        RawPeer(tutorial_server.host, tutorial_server.port) as ann,
        RawPeer(tutorial_server.host, tutorial_server.port) as bob,
    ):
        ann.say("ann")
        tutorial_server.terminal.expect("New: ann\n")
        bob.send(b" 0003     bob")
        bob.send(b"        +2hi")
        assert ann.exactly(25) == b" 0003     bob        +2hi"
