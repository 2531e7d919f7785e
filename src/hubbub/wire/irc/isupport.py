"""What the server is like, as in ISUPPORT."""

from typing import Final

from hubbub.chat.names import NAME_CHARS_MAX, ROOM_CHARS_MAX

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
REAL_CHARS_MAX: Final = 150

_TARGETS: Final = {
    **dict.fromkeys(("PRIVMSG", "NOTICE", "TAGMSG"), str(TARGETS_MAX)),
    **dict.fromkeys(("JOIN", "PART", "LIST"), ""),
    **dict.fromkeys(("KICK", "NAMES", "WHOIS"), "1"),
}
"""How many targets each command takes; as many as are given, if none are named."""

TOKENS: Final[dict[str, str]] = {
    "AWAYLEN": str(AWAY_CHARS_MAX),
    "BOT": "B",
    "CASEMAPPING": "ascii",
    "CHANMODES": "b,,,imt",
    "CHANNELLEN": str(ROOM_CHARS_MAX + 1),
    "CHANTYPES": "#",
    "CHATHISTORY": str(MESSAGES_MAX),
    "KICKLEN": str(KICK_CHARS_MAX),
    "LINELEN": "512",
    "MAXTARGETS": str(TARGETS_MAX),
    "MODES": "1",
    "MSGREFTYPES": "msgid,timestamp",
    "NAMELEN": str(REAL_CHARS_MAX),
    "NETWORK": NETWORK,
    "NICKLEN": str(NAME_CHARS_MAX),
    "PREFIX": "(qao)~&@",
    "SAFELIST": "",
    "TARGMAX": ",".join(f"{name}:{count}" for name, count in _TARGETS.items()),
    "TOPICLEN": str(TOPIC_CHARS_MAX),
    "UTF8ONLY": "",
    "WHOX": "",
}
"""What there is, and how much of it."""


def tokens() -> list[str]:
    """Return what the server is like, as in ISUPPORT."""
    return [f"{name}={value}" if value else name for name, value in TOKENS.items()]
