"""REDACT, as https://ircv3.net/specs/extensions/message-redaction has it."""

from hubbub.testing import LocalServer
from tests.irc.conformance.members import CAPS, batch
from tests.irc.irc_client import IrcClient

REDACTING = f"{CAPS} draft/message-redaction"


def test_who_said_it_may_take_it_back(hubbub_server: LocalServer) -> None:
    """The server "SHOULD forward this `REDACT`, with an appropriate prefix"."""
    ann = IrcClient.named(hubbub_server.address, "ann", caps=REDACTING, rooms="#den")
    ben = IrcClient.named(hubbub_server.address, "ben", caps=REDACTING, rooms="#den")
    cat = IrcClient.named(hubbub_server.address, "cat", caps=CAPS, rooms="#den")
    for reason in ((), ("wrong room",)):
        ann.ask("PRIVMSG #den :oops")
        id_ = ann.said("PRIVMSG").tags["msgid"]
        ann.ask(f"REDACT #den {id_}" + "".join(f" :{why}" for why in reason))
        for client in (ann, ben):
            heard = client.said("REDACT")
            assert heard.params == ("#den", id_, *reason)
            assert heard.source.startswith("ann!")
        assert "REDACT" not in {line.command for line in cat.drain()}
    ben.ask("CHATHISTORY LATEST #den * 9")
    assert len(batch(ben, "chathistory")) == 1, "it is excluded entirely"


def test_others_may_not(hubbub_server: LocalServer) -> None:
    """ "FAIL REDACT REDACT_FORBIDDEN <target> <target-msgid>", and so on."""
    ann = IrcClient.named(hubbub_server.address, "ann", caps=REDACTING, rooms="#den")
    ben = IrcClient.named(hubbub_server.address, "ben", caps=REDACTING, rooms="#den,#lobby")
    ann.ask("PRIVMSG #den :mine")
    id_ = ann.said("PRIVMSG").tags["msgid"]
    for line, code in {
        f"REDACT #den {id_}": ("REDACT_FORBIDDEN", "#den", id_),
        f"REDACT #lobby {id_}": ("UNKNOWN_MSGID", "#lobby", id_),
        "REDACT #den den/999": ("UNKNOWN_MSGID", "#den", "den/999"),
        "REDACT #den nothing": ("UNKNOWN_MSGID", "#den", "nothing"),
        "REDACT #nowhere nothing": ("INVALID_TARGET", "#nowhere"),
        "REDACT nobody nothing": ("UNKNOWN_MSGID", "nobody", "nothing"),
    }.items():
        ben.ask(line)
        assert ben.said("FAIL").params[:-1] == ("REDACT", *code)
    assert "REDACT" not in {line.command for line in ann.drain()}


def test_talks_of_two_forget_as_well(hubbub_server: LocalServer) -> None:
    ann = IrcClient.named(hubbub_server.address, "ann", caps=REDACTING)
    ben = IrcClient.named(hubbub_server.address, "ben", caps=REDACTING)
    ann.ask("PRIVMSG ben :psst")
    id_ = ann.said("PRIVMSG").tags["msgid"]
    assert ben.said("PRIVMSG").tags["msgid"] == id_
    ann.ask(f"REDACT ben {id_}")
    for client in (ann, ben):
        assert client.said("REDACT").params == ("ben", id_)
