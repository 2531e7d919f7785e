"""`hubbub send --person` against the real server: for one person, and never in a room."""

import socket

import pytest

from hubbub.client import parse_address
from hubbub.desk.profile import Profile
from hubbub.testing import LocalServer

from .commands import hubbub, past, refused, started, told


@pytest.mark.parametrize(
    ("words", "texts"), [(["psst"], ["psst"]), (["-"], ["psst", "/who"])], ids=["text", "stdin"]
)
def test_what_is_sent_to_one_person_waits_for_them_and_is_not_in_the_lobby(
    hubbub_server: LocalServer, words: list[str], texts: list[str]
) -> None:
    address = hubbub_server.address
    Profile.load().devices.made(str(parse_address(address)), "ben")
    told("send", address, "--name", "ben", "hi all")
    ran = hubbub("send", address, "--name", "ann", "--person", "ben", *words, stdin="psst\n/who\n")
    assert ran.returncode == 0
    assert ran.stderr == "ben is not here now, and will find this when they come back.\n"
    assert past(address) == "ben > hi all\n"
    ben = started("join", address, "--name", "ben", "--plain")
    assert ben.stdout is not None
    for text in texts:
        assert ben.stdout.readline().decode() == f"ann > (private) {text}\n"
    ben.communicate()


def test_nothing_more_is_said_if_they_are_here_and_it_is_refused_if_they_are_gone_for_good(
    hubbub_server: LocalServer,
) -> None:
    to_ben = ("send", hubbub_server.address, "--name", "ann", "--person", "ben", "psst")
    with socket.create_connection((hubbub_server.host, hubbub_server.port), 60) as ben:
        ben.sendall(b"3         ben")
        heard = b""
        told("send", hubbub_server.address, "--name", "ann", "hello")
        while b"hello" not in heard:
            heard += ben.recv(4096)
        ran = hubbub(*to_ben)
        assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
        while b"(private) psst" not in heard:
            heard += ben.recv(4096)
        ben.shutdown(socket.SHUT_WR)
        while ben.recv(4096):
            pass
    assert refused(*to_ben) == "hubbub: Nobody called 'ben' is here.\n"


def test_a_private_line_as_people_type_it_is_not_said_openly(hubbub_server: LocalServer) -> None:
    address = hubbub_server.address
    ran = hubbub("send", address, "--name", "ann", "/msg ben secret")
    assert ran.returncode == 2
    assert "give --person NAME" in " ".join(ran.stderr.split())
    told("send", address, "--name", "ann", "/etc/hosts is full")
    told("send", address, "--name", "ann", "-", stdin="/msg is how it is typed\n")
    assert past(address).splitlines() == [
        "ann > /etc/hosts is full",
        "ann > /msg is how it is typed",
    ]
