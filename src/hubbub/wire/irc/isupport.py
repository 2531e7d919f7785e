"""What the server is like, as in ISUPPORT."""

from typing import Final

from hubbub.chat.commands.channels import KEY_CHARS_MAX, WATCHED_MAX
from hubbub.chat.names import NAME_CHARS_MAX, ROOM_CHARS_MAX
from hubbub.chat.rules import EXEMPTIONS_MAX
from hubbub.wire.irc.modes import EXEMPTING, MODES, PREFIXES, SHOWN

NETWORK: Final = "hubbub"

TARGETS_MAX: Final = 4
"""To how many one line may speak, and about how many it may ask."""

MESSAGES_MAX: Final = 100
"""In one answer about what was said: each may have many lines, and every line its own tags."""

MULTILINE_BYTES_MAX: Final = 16_384
"""Of the texts of one message of several lines, with a byte for each line end."""

AWAY_CHARS_MAX: Final = 300
KICK_CHARS_MAX: Final = 200
TOPIC_CHARS_MAX: Final = 300
MODES_MAX: Final = 20
"""Characters of what one MODE changes."""

REAL_CHARS_MAX: Final = 150

_TARGETS: Final = {
    **dict.fromkeys(("PRIVMSG", "NOTICE", "TAGMSG"), str(TARGETS_MAX)),
    **dict.fromkeys(("JOIN", "PART"), ""),
    **dict.fromkeys(("KICK", "LIST", "NAMES"), str(TARGETS_MAX)),
    "WHOIS": "1",
}
"""How many targets each command takes; as many as are given, if none are named."""

TOKENS: Final[dict[str, str]] = {
    "AWAYLEN": str(AWAY_CHARS_MAX),
    "BOT": "B",
    "CASEMAPPING": "ascii",
    "CHANMODES": SHOWN,
    "CHANNELLEN": str(ROOM_CHARS_MAX + 1),
    "CHANTYPES": "#",
    "CHATHISTORY": str(MESSAGES_MAX),
    "KEYLEN": str(KEY_CHARS_MAX),
    "KICKLEN": str(KICK_CHARS_MAX),
    "LINELEN": "512",
    "MAXLIST": f"{''.join(EXEMPTING)}:{EXEMPTIONS_MAX}",
    "MAXTARGETS": str(TARGETS_MAX),
    "ELIST": "CMNTU",
    "EXCEPTS": "e",
    "EXTBAN": "~,q",
    "INVEX": "I",
    "MODES": str(MODES_MAX),
    "MONITOR": str(WATCHED_MAX),
    "MSGREFTYPES": "msgid,timestamp",
    "NAMELEN": str(REAL_CHARS_MAX),
    "NETWORK": NETWORK,
    "NICKLEN": str(NAME_CHARS_MAX),
    "PREFIX": f"({''.join(MODES.values())}){''.join(PREFIXES.values())}",
    "SAFELIST": "",
    "STATUSMSG": "".join(PREFIXES.values()),
    "TARGMAX": ",".join(f"{name}:{count}" for name, count in _TARGETS.items()),
    "TOPICLEN": str(TOPIC_CHARS_MAX),
    "UTF8ONLY": "",
    "WHOX": "",
}
"""What there is, and how much of it."""


def tokens() -> list[str]:
    """Return what the server is like, as in ISUPPORT."""
    return [f"{name}={value}" if value else name for name, value in TOKENS.items()]
