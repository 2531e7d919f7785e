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


def tokens() -> list[str]:
    """Return what the server is like, as in ISUPPORT."""
    return [
        f"NETWORK={NETWORK}",
        "CASEMAPPING=ascii",
        "CHANTYPES=#",
        f"CHANNELLEN={ROOM_CHARS_MAX + 1}",
        f"NICKLEN={NAME_CHARS_MAX}",
        "PREFIX=(qao)~&@",
        "CHANMODES=b,,,imt",
        "MODES=1",
        f"MAXTARGETS={TARGETS_MAX}",
        f"TARGMAX=PRIVMSG:{TARGETS_MAX},NOTICE:{TARGETS_MAX},TAGMSG:{TARGETS_MAX},JOIN:,PART:,KICK:1,NAMES:1,LIST:,WHOIS:1",
        "LINELEN=512",
        "SAFELIST",
        "UTF8ONLY",
        "WHOX",
        f"CHATHISTORY={MESSAGES_MAX}",
        "MSGREFTYPES=msgid,timestamp",
    ]
