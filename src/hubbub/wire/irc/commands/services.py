"""NickServ and ChanServ: the commonest lines to them, since fingers know them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hubbub.chat import commands as c
from hubbub.chat.names import SERVICES as NAMES
from hubbub.wire.irc.asked import CERTIFICATES, SETTING, Asked
from hubbub.wire.irc.commands.login import become, logged_in
from hubbub.wire.irc.commands.order import mode
from hubbub.wire.irc.commands.registering import registration
from hubbub.wire.irc.line import Line
from hubbub.wire.irc.names import name_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from hubbub.chat.commands import AnyCommand
    from hubbub.chat.heard import Heard
    from hubbub.wire.irc.client import Client
    from hubbub.wire.irc.voice import Voice

SERVICES: Final = {name.lower(): name for name in NAMES}
COMMANDS: Final = {name.upper(): name for name in NAMES} | {"NS": "NickServ", "CS": "ChanServ"}
"""The commands by which they are spoken to, too."""

HELP: Final = {
    "NickServ": (
        "Here: IDENTIFY [NICK] PASSWORD, REGISTER PASSWORD, SET PASSWORD OLD NEW.",
        "CERT ADD, CERT LIST, CERT DEL FINGERPRINT: certificates by which you log in.",
        "A password that you register has no spaces.",
        "Of a nick that hangs, none has to be got rid of: IDENTIFY lets you be there twice.",
    ),
    "ChanServ": (
        "Here: OP #ROOM [NICK], DEOP #ROOM [NICK]. A room belongs to whoever opens it.",
        "Whoever is a member keeps it; /mode, /kick and /topic do the rest.",
    ),
}


def serve(client: Client, line: Line, service: str) -> Iterator[Heard]:
    """Act on what is said to a service in a message."""
    if line.command == "NOTICE":  # programs answer notices with nothing
        yield client.nothing(line)
    else:
        yield from _act(client, line, SERVICES[service.lower()], line.params[1].strip())


def serve_by_command(voice: Voice, line: Line) -> Iterator[Heard]:
    """Act on what is said to a service by a command of its name."""
    yield from _act(voice, line, COMMANDS[line.command], " ".join(line.params))


def _act(client: Client, line: Line, service: str, text: str) -> Iterator[Heard]:
    words = text.split(" ", 2)  # a password may have spaces
    match [service, words[0].upper(), *words[1:]]:
        case ["NickServ", "IDENTIFY" | "LOGIN", password]:
            yield from _be(client, line, _login(client, client.nick, password))
        case ["NickServ", "IDENTIFY" | "LOGIN", nick, password]:
            yield from _be(client, line, _login(client, nick, password))
        case ["NickServ", "GHOST" | "RECOVER" | "REGAIN", nick, password]:
            if (yield from _be(client, line, _login(client, nick, password))):
                yield from _have_own_name(client)
        case ["NickServ", "REGISTER", password, *mail] if client.account == "*" and all(
            "@" in one for one in mail
        ):
            yield from _be(client, line, registration(client, password))
        case ["NickServ", "SET", what, passwords] if what.upper() == "PASSWORD":
            old, _, new = passwords.partition(" ")
            ref = client.asking.ref(Asked(SETTING, label=client.labelled))
            yield c.ChangePassword(old=old, new=new, ref=ref)
        case ["NickServ", "CERT", *rest] if rest:
            yield from _certificate(client, line, rest[0].upper(), "".join(rest[1:]).lower())
        case ["ChanServ", "OP" | "DEOP" as word, room, *who]:
            sign = "+o" if word == "OP" else "-o"
            told = Line("MODE", (room, sign, who[0] if who else client.nick))
            yield from mode(client, told)
        case _:
            yield client.at_once(line, *(_notice(client, service, one) for one in HELP[service]))


def _certificate(client: Client, line: Line, word: str, fingerprint: str) -> Iterator[Heard]:
    """Link the certificate that the client shows, list those that are linked, or unlink one."""
    asked = Asked(CERTIFICATES, word, client.labelled)
    shown = client.certificate
    match word:
        case "ADD" if shown and fingerprint.replace(":", "") in ("", shown):
            yield c.LinkCertificate(fingerprint=shown, ref=client.asking.ref(asked))
        case "ADD":
            no = "Only the certificate that your client shows can be linked."
            if not shown:
                no = "Your client shows no certificate, or this server asks for none."
            yield client.at_once(line, _notice(client, "NickServ", no))
        case "DEL" if fingerprint:
            gone = fingerprint.replace(":", "")
            yield c.LinkCertificate(fingerprint=gone, on=False, ref=client.asking.ref(asked))
        case _:
            yield c.Certificates(ref=client.asking.ref(asked))


def _login(client: Client, nick: str, password: str) -> AnyCommand:
    return c.Login(name=name_of(nick), password=password, ref=client.becoming())


def _be(client: Client, line: Line, command: AnyCommand) -> Generator[Heard, None, bool]:
    """Become a member, and hear of it from NickServ; return whether that was done."""
    client.refusal = None
    yield from become(client, line, command, _told)
    if (refusal := client.refusal) is not None:
        client.refusal = None
        yield client.at_once(line, _notice(client, "NickServ", refusal.message))
    return refusal is None


def _have_own_name(client: Client) -> Iterator[Heard]:
    """Be called by the name that is one's own."""
    if client.account not in ("*", client.nick):
        ref = client.asking.ref(Asked("NICK", client.account))
        yield c.BeCalled(name=name_of(client.account), ref=ref)


def _told(client: Client) -> list[Line]:
    sentence = f"You are {client.account} now, and the name is yours for good."
    return [_notice(client, "NickServ", sentence), logged_in(client)]


def _notice(client: Client, service: str, sentence: str) -> Line:
    return Line("NOTICE", (client.nick, sentence), f"{service}!{service}@{client.host}")
