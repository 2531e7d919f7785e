"""What is promised to all holds over IRC, too: no slow reader and no fast writer loses anything."""

from hubbub.testing import LocalServer
from tests.irc.irc_client import IrcClient
from tests.server.event_peer import EventPeer

MESSAGES = 600
TEXT = "x" * 8000


def test_a_client_that_reads_late_gets_everything_in_order(hubbub_server: LocalServer) -> None:
    ann = IrcClient.named(hubbub_server.address, "ann", rooms="#lobby")
    with EventPeer(hubbub_server, "page") as page:
        for number in range(MESSAGES):
            page.tell(type="say", room="lobby", text=f"{number} {TEXT}")
        page.ask(type="say", room="lobby", text="end")
        lines = ann.until("PRIVMSG", "#lobby", "end")
    texts = [line.params[1] for line in lines if line.command == "PRIVMSG"]
    told = [int(text) for text in texts if text.strip().isdecimal()]
    assert told == [*range(MESSAGES)]


def test_a_client_that_writes_much_is_not_put_out_and_nothing_is_lost(
    hubbub_server: LocalServer,
) -> None:
    ann = IrcClient.named(hubbub_server.address, "ann", rooms="#lobby")
    with EventPeer(hubbub_server, "page") as page:
        ann.send(b"".join(b"PRIVMSG #lobby :%d\r\n" % number for number in range(MESSAGES)))
        heard = [page.next("message")["text"] for _ in range(MESSAGES)]
    assert heard == [str(number) for number in range(MESSAGES)]
