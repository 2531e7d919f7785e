"""Every command of IRC that there is here, and how it is refused if it cannot be acted on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from hubbub.chat.heard import Heard
from hubbub.wire.irc.asked import Labelled
from hubbub.wire.irc.commands import (
    finding,
    history,
    login,
    metadata,
    multiline,
    order,
    people,
    reading,
    registering,
    registration,
    rooms,
    server,
    services,
    showing,
    talk,
)
from hubbub.wire.irc.commands.help import help_
from hubbub.wire.irc.line import Line, reply
from hubbub.wire.irc.numerics import N
from hubbub.wire.irc.voice import Voice

if TYPE_CHECKING:
    from hubbub.wire.irc.client import Client

LABEL_CHARS_MAX: Final = 64
"""As the specification of labeled responses has it; a longer one is cut."""

Act = Callable[[Voice, Line], Iterator[Heard]]


class Command(NamedTuple):
    """A command: what is done once the client was welcomed, and `before`; None: it must wait.

    `needs` parameters it must have at least, none of which is empty.
    """

    act: Act
    needs: int = 0
    before: Act | None = None


COMMANDS: Final = {
    "AUTHENTICATE": Command(login.authenticate, 1, before=login.authenticate),
    "AWAY": Command(people.away, before=registration.away),
    "BATCH": Command(multiline.batch, 1),
    "CAP": Command(registration.cap, 1, before=registration.cap),
    "CHATHISTORY": Command(history.history, 2),
    "ERROR": Command(server.pass_over, before=server.pass_over),
    **dict.fromkeys(("HELP", "HELPOP"), Command(help_)),
    "INFO": Command(server.info),
    "INVITE": Command(rooms.invite, 2),
    "JOIN": Command(rooms.join, 1),
    "KICK": Command(order.kick, 2),
    "KILL": Command(people.kill, 1),
    "LINKS": Command(server.links),
    "LIST": Command(rooms.list_),
    "LUSERS": Command(server.lusers),
    "MARKREAD": Command(reading.markread),
    "METADATA": Command(metadata.metadata, 2, before=metadata.before),
    "MODE": Command(order.mode, 1),
    "MONITOR": Command(people.monitor, 1),
    "MOTD": Command(server.motd),
    "NAMES": Command(rooms.names),
    "NICK": Command(people.nick, 1, before=registration.nick),
    "NOTICE": Command(talk.say, 2),
    "OPER": Command(people.oper, 2),
    "PART": Command(rooms.part, 1),
    "PASS": Command(registration.already, 1, before=registration.password),
    "PING": Command(server.ping, 1, before=server.ping),
    "PONG": Command(server.pass_over, before=server.pass_over),
    "PRIVMSG": Command(talk.say, 2),
    "QUIT": Command(server.quit_, before=registration.leave),
    "REDACT": Command(talk.redact, 2),
    "RENAME": Command(rooms.rename, 2),
    "SEARCH": Command(finding.search, 1),
    "REHASH": Command(server.rehash),
    "SETNAME": Command(showing.setname, 1),
    "STATS": Command(server.stats, 1),
    "TAGMSG": Command(talk.say, 1),
    "REGISTER": Command(registering.register, 2, before=registering.register),
    "TIME": Command(server.time),
    "TOPIC": Command(rooms.topic, 1),
    "USER": Command(registration.already, registration.USER_PARAMS, before=registration.user),
    "USERHOST": Command(people.userhost, 1),
    "VERIFY": Command(registering.verify, 2, before=registering.verify),
    "VERSION": Command(server.version),
    "WALLOPS": Command(server.wallops, 1),
    "WHO": Command(people.who, 1),
    "WHOIS": Command(people.whois, 1),
    "WHOWAS": Command(people.whowas, 1),
    **dict.fromkeys(services.COMMANDS, Command(services.serve_by_command)),
}


SIGNS_OF_LIFE: Final = frozenset(("NOTICE", "PING", "PONG", "PRIVMSG", "QUIT"))
"""What a client says some time after it came, so that it has shown what it was told until then."""


def hear(voice: Voice, line: Line, act: Act | None = None) -> Iterator[Heard]:
    """Yield what a line asks of the chatroom, and what answers it at once.

    `act` on it, instead of what its command says. With a label, all of the answer is one.
    """
    act = act or act_on
    if voice.late and line.command != "AUTHENTICATE":
        yield from login.tell_late(voice)
    if voice.owed and line.command in SIGNS_OF_LIFE:
        yield from reading.owed(voice)
    label = line.tags.get("label")
    if label and "labeled-response" in voice.caps:
        voice.labelled = Labelled(label[:LABEL_CHARS_MAX])
    yield from act(voice, line)
    answer, voice.labelled = voice.labelled, None
    if answer is not None:
        answer.is_said = True
        if answer.is_whole:
            yield reply(*voice.whole(answer))


def act_on(voice: Voice, line: Line) -> Iterator[Heard]:
    """Do what a line's command says, or refuse it."""
    command = COMMANDS.get(line.command)
    act = None if command is None else command.act if voice.is_registered else command.before
    if act is None and not voice.is_registered:
        yield registration.not_yet(voice, line)
    elif command is None or act is None:
        sentence = "There is no such command here. /help says what there is."
        yield voice.at_once(line, voice.numeric(N.UNKNOWNCOMMAND, line.command, sentence))
    elif line.command in multiline.SPOKEN and (voice.collected or "batch" in line.tags):
        yield from multiline.collect(voice, line)
    elif len(line.params) < command.needs or not all(line.params[: command.needs]):
        yield voice.at_once(line, _too_few(voice, line))
    else:
        yield from act(voice, line)


def not_text(voice: Voice, line: Line) -> Iterator[Heard]:
    """Refuse a line that is not UTF-8."""
    sentence = "Your line is not UTF-8. Set your client to it, and say it again."
    yield voice.at_once(line, Line("FAIL", (line.command, "INVALID_UTF8", sentence), voice.host))


def _too_few(client: Client, line: Line) -> Line:
    params = line.params
    match line.command:
        case "PRIVMSG" | "NOTICE" | "TAGMSG" if not params or not params[0]:
            return client.numeric(N.NORECIPIENT, f"Say to whom. ({line.command})")
        case "PRIVMSG" | "NOTICE":
            return client.numeric(N.NOTEXTTOSEND, "There is no text to send.")
        case "NICK" | "WHOIS" | "WHOWAS":
            return client.numeric(N.NONICKNAMEGIVEN, "Say which nick.")
        case "PING":
            return client.numeric(N.NOORIGIN, "Say what is to be sent back.")
    return client.too_few(line.command)
