"""HELP: what there is, and what each command is for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hubbub.wire.irc.numerics import N

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hubbub.chat.heard import Heard
    from hubbub.wire.irc.client import Client
    from hubbub.wire.irc.line import Line

GENERAL: Final = (
    "A room is #name: /join #name enters one, or opens it. What is said there stays:",
    "clients that know draft/chathistory show all of it, others the last lines when they join.",
    "/msg NICK speaks to somebody in private; what a member is told while away waits for them.",
    "Without a login you are here in passing: your nick is yours while you are connected.",
    "To keep it: /msg NickServ REGISTER PASSWORD. Then log in by SASL. /help COMMAND says more.",
)

SUBJECTS: Final = {
    "AUTHENTICATE": "AUTHENTICATE PLAIN or SCRAM-SHA-256 logs in; clients do it by themselves.",
    "AWAY": "AWAY [REASON] says that you are away; without a reason, that you are back.",
    "BATCH": "BATCH +ID draft/multiline TARGET begins a text of several lines; clients do it.",
    "CAP": "CAP LS 302, REQ, LIST and END ask for what your client knows of IRCv3.",
    "CHANSERV": "CHANSERV OP #ROOM [NICK] and DEOP #ROOM [NICK] are the same as MODE +o and -o.",
    "CHATHISTORY": "CHATHISTORY LATEST #ROOM * 50 asks for what was said; clients do it.",
    "HELP": "HELP [COMMAND] says what there is.",
    "INFO": "INFO says what this server is.",
    "INVITE": "INVITE NICK #ROOM asks somebody in.",
    "JOIN": "JOIN #ROOM[,#OTHER] enters rooms, and opens those that are not there.",
    "KICK": "KICK #ROOM NICK [REASON] puts somebody out of a room.",
    "KILL": "KILL NICK [REASON] ends somebody's connections, if you run the server.",
    "LINKS": "LINKS says to which other servers this one is linked: to none.",
    "LIST": "LIST [#ROOM,MASK,!MASK,<N,>N,C<N,T>N] shows rooms, by name, people, and minutes.",
    "LUSERS": "LUSERS says how many are here.",
    "MARKREAD": "MARKREAD TARGET [timestamp=TIME] says how far you have read; clients do it.",
    "METADATA": "METADATA * SET KEY :VALUE says something about you; clients do it.",
    "MODE": "MODE #ROOM says what holds in a room; MODE #ROOM +o NICK and the like change it.",
    "MONITOR": "MONITOR + NICK,... says who comes and goes of those; clients do it.",
    "MOTD": "MOTD shows what all are told who come.",
    "NAMES": "NAMES #ROOM[,#OTHER] shows who is in rooms.",
    "NICK": "NICK NAME is how you want to be called.",
    "NICKSERV": "NICKSERV IDENTIFY [NICK] PASSWORD logs in; REGISTER PASSWORD makes you a member.",
    "NOTICE": "NOTICE NICK,#ROOM :TEXT is PRIVMSG for programs: nothing answers it by itself.",
    "OPER": "OPER NAME CODE makes you one of those who run the server.",
    "PART": "PART #ROOM[,#OTHER] [REASON] leaves rooms.",
    "PASS": "PASS PASSWORD comes first: the password of the chatroom, or of your name.",
    "PING": "PING TEXT is answered by PONG.",
    "PRIVMSG": "PRIVMSG NICK,#ROOM :TEXT says something to people and in rooms.",
    "QUIT": "QUIT [REASON] ends the connection.",
    "REDACT": "REDACT #ROOM MSGID takes a message back.",
    "REGISTER": "REGISTER * * PASSWORD makes you a member under your nick.",
    "REHASH": "REHASH has the server read its configuration again, for those who run it.",
    "RENAME": "RENAME #ROOM #NEW [REASON] has a room that you look after go on as another one.",
    "SEARCH": "SEARCH in=#ROOM;text=WORDS finds what was said; clients do it.",
    "SETNAME": "SETNAME :REAL NAME is what others see in WHOIS.",
    "STATS": "STATS u says since when the server runs; operators may ask for o.",
    "TAGMSG": "TAGMSG NICK,#ROOM carries tags without a text, such as reactions.",
    "TIME": "TIME says how late it is on the server.",
    "TOPIC": "TOPIC #ROOM [:TEXT] says what a room is about, or sets it.",
    "USER": "USER NAME 0 * :REAL NAME comes once, when you come.",
    "USERHOST": "USERHOST NICK... says who of them is here and away.",
    "VERSION": "VERSION says which version this is.",
    "WALLOPS": "WALLOPS :TEXT tells it all who have the mode w, if you run the server.",
    "WHO": "WHO #ROOM or WHO NICK shows who that is.",
    "WHOIS": "WHOIS NICK says who somebody is.",
    "WHOWAS": "WHOWAS NICK says who somebody was that has left.",
}


def help_(client: Client, line: Line) -> Iterator[Heard]:
    """Say how to do what."""
    subject = line.params[0] if line.params else "*"
    texts = GENERAL if subject == "*" else _about(subject.upper().removeprefix("/"))
    if not texts:
        no = "There is no help about that. HELP alone says what there is."
        yield client.at_once(line, client.numeric(N.HELPNOTFOUND, subject, no))
        return
    first, *others = texts
    yield client.at_once(
        line,
        client.numeric(N.HELPSTART, subject, first),
        *(client.numeric(N.HELPTXT, subject, text) for text in others),
        client.numeric(N.ENDOFHELP, subject, "End of /HELP."),
    )


def _about(subject: str) -> tuple[str, ...]:
    return (text,) if (text := SUBJECTS.get(subject)) is not None else ()
