"""hubbub's own command line in a tutorial server's chatroom (protocol sections 2 and 3)."""

import subprocess

from tests.interop.conftest import TutorialServer
from tests.interop.raw import PATIENCE_SECONDS, RawPeer, frame
from tests.interop.terminal import Terminal, hubbub, program, shows


def join(server: TutorialServer, name: str, *options: str) -> Terminal:
    """Return a terminal with `hubbub join`, in classic mode already."""
    terminal = Terminal(hubbub("join", server.address, "--name", name, "--plain", *options))
    terminal.expect("which relays messages and keeps none")
    return terminal


def raw(server: TutorialServer, name: str) -> RawPeer:
    """Return a raw peer that the tutorial server has let in."""
    peer = RawPeer(server.host, server.port)
    seen = server.terminal.screen.count(f"New: {name}\n")
    peer.say(name)
    server.terminal.expect(f"New: {name}\n", seen + 1)
    return peer


def test_join_chats_with_a_polling_client_both_ways(tutorial_server: TutorialServer) -> None:
    """`A tutorial server answers nothing; the client stays classic until it sees a +`"""
    with (
        Terminal(program("polling_client", "127.0.0.1", str(tutorial_server.port), "bob")) as bob,
        join(tutorial_server, "Änn") as ann,
    ):
        tutorial_server.terminal.expect("New: bob")
        for number in range(5):
            ann.type(f"Grüße {number} 世界")
            bob.press_enter_until(shows(f"Änn > Grüße {number} 世界\n"))
            bob.type(f"danke {number}")
            ann.expect(f"bob > danke {number}\n")
        assert "Änn > " not in ann.screen, "no echo"
        assert "error" not in bob.screen


def test_the_name_goes_out_with_a_plus_and_is_relayed_as_it_came(
    tutorial_server: TutorialServer,
) -> None:
    """`Client: a + frame whose payload is the plain username.`"""
    with raw(tutorial_server, "witness") as witness, join(tutorial_server, "ann") as ann:
        ann.type("hello")
        assert witness.exactly(28) == b"+3        ann" + b"5         hello"


def test_hubbub_clients_are_not_confused_by_each_other(tutorial_server: TutorialServer) -> None:
    """A relayed `+` is no sign of a hubbub server: pairs stay pairs, also for who comes later."""
    with join(tutorial_server, "ann") as ann, join(tutorial_server, "bob") as bob:
        ann.type("one")
        bob.expect("ann > one\n")
        bob.type('{"type":"bye","reason":"a joke"}')
        ann.expect('bob > {"type":"bye","reason":"a joke"}\n')
        with join(tutorial_server, "cid") as cid:
            for number in range(3):
                ann.type(f"a{number}")
                cid.expect(f"ann > a{number}\n")
                cid.type(f"c{number}")
                bob.expect(f"cid > c{number}\n")


def test_a_command_is_not_said_to_everybody(tutorial_server: TutorialServer) -> None:
    """A tutorial server knows no commands; `//` says a line that begins with a slash."""
    with join(tutorial_server, "ann") as ann, join(tutorial_server, "bob") as bob:
        ann.type("/msg bob only for you")
        ann.expect("knows no commands, so '/msg' was not sent")
        ann.type("//help is how you ask")
        bob.expect("ann > /help is how you ask\n")
        assert "only for you" not in tutorial_server.terminal.screen
        assert "only for you" not in bob.screen


def test_a_chatter_at_the_moment_of_joining_is_no_hubbub_server(
    tutorial_server: TutorialServer,
) -> None:
    """Frames that come before the wait for a `welcome` is over are messages."""
    with raw(tutorial_server, "noisy") as noisy:
        command = hubbub("join", tutorial_server.address, "--name", "ann", "--plain")
        with Terminal(command) as ann:
            tutorial_server.terminal.expect("New: ann\n")
            noisy.say("first")
            noisy.say("second")
            ann.expect("noisy > first\nnoisy > second\n")
            ann.type("heard")
            assert noisy.exactly(28) == b"+3        ann" + frame("heard")


def test_a_name_that_is_already_used_there_is_no_obstacle(tutorial_server: TutorialServer) -> None:
    """`Tutorial servers … accept duplicate names: our client … copes with a username it already
    uses.`
    """
    with join(tutorial_server, "eve") as one, join(tutorial_server, "eve") as two:
        one.type("it is me")
        two.expect("eve > it is me\n")
        two.type("no, me")
        one.expect("eve > no, me\n")


def test_send_says_an_argument_or_each_line_of_stdin(tutorial_server: TutorialServer) -> None:
    """`hubbub send [ADDRESS] --name N TEXT|-`, to a server that acknowledges nothing."""
    lines = [f"line {number} {'ü' * number}" for number in range(100)]
    with raw(tutorial_server, "witness") as witness:
        send = hubbub("send", tutorial_server.address, "--name", "ci")
        done = subprocess.run(
            [*send, "tests grün"], capture_output=True, timeout=PATIENCE_SECONDS, check=False
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
        assert witness.exactly(33) == b"+2        ci" + frame("tests grün")
        done = subprocess.run(
            [*send, "-"],
            input="\n".join(lines).encode(),
            capture_output=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
        for line in lines:
            assert witness.exactly(12) == b"+2        ci"
            assert witness.exactly(len(frame(line))) == frame(line)


def test_tail_prints_what_others_say(tutorial_server: TutorialServer) -> None:
    command = hubbub("tail", tutorial_server.address, "--name", "log")
    with raw(tutorial_server, "ann") as ann, Terminal(command) as tail:
        tutorial_server.terminal.expect("New: log\n")
        ann.say("Grüße")
        ann.say("\x1b[31mred")
        tail.expect("ann > Grüße\nann > [31mred\n")
        tail.process.terminate()
        assert tail.ends() == 0


def test_tail_with_a_cursor_says_that_this_server_keeps_no_log(
    tutorial_server: TutorialServer,
) -> None:
    """`Exit codes: 1 refused or lost for good (one sentence on stderr)`"""
    with Terminal(hubbub("tail", tutorial_server.address, "--name", "log", "--after", "0")) as tail:
        tail.expect("This server keeps no log")
        assert tail.ends() == 1


def test_when_the_server_dies_the_client_says_so_and_returns_with_it(
    tutorial_server: TutorialServer,
) -> None:
    """`our client says "connection closed by the server" and, unless told otherwise, reconnects
    with back-off`; what was typed meanwhile is sent once.
    """
    with join(tutorial_server, "ann") as ann:
        ann.type("before")
        tutorial_server.terminal.expect("ann: before\n")
        tutorial_server.die()
        ann.expect("connection closed by the server")
        ann.type("meanwhile")
        ann.type("ünd mehr")
        ann.expect("connection refused")
        tutorial_server.start()
        tutorial_server.terminal.expect("ann: meanwhile\nann: ünd mehr\n")
        ann.expect("which relays messages and keeps none", 2)
        with raw(tutorial_server, "bob") as bob:
            bob.say("welcome back")
            ann.expect("bob > welcome back\n")
            ann.type("thanks")
            assert bob.exactly(29) == b"+3        ann" + frame("thanks")
        assert tutorial_server.terminal.screen.count("meanwhile") == 1


def test_told_not_to_reconnect_the_client_ends(tutorial_server: TutorialServer) -> None:
    """`Exit codes: 1 refused or lost for good (one sentence on stderr)`"""
    with join(tutorial_server, "ann", "--no-reconnect") as ann:
        tutorial_server.die()
        ann.expect("connection closed by the server")
        assert ann.ends() == 1
