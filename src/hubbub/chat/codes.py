"""Codes that the server makes up, and people type; tokens, which programs have.

A code is in Crockford's base 32, which leaves out what looks alike on a screen or sounds alike on
a telephone. It is read forgivingly: in capitals or not, with O for 0, and I or L for 1, and with
spaces or lines between its groups, or none.

How many random bits a code has follows from how long it counts, and from how fast it may be guessed
(server/sessions/guesses.py): forty are enough for ten minutes, eighty for a day.
"""

import hashlib
import re
from typing import Final
from unicodedata import normalize

from hubbub.chat.errors import Refused

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BITS_PER_CHAR: Final = 5
GROUP_CHARS: Final = 4

LINK_CHARS: Final = 8
"""Of the code that links a device."""

RECOVERY_CHARS: Final = 16
"""Of the code for somebody who forgot their password."""

TYPED_CHARS_MAX: Final = 100
"""More is no code, with however many spaces and lines in it."""

OPERATOR_CHARS: Final = 16
"""Of the code for the first operator elsewhere, which counts until it is used."""

BOT_PREFIX: Final = "hb_"
"""So that people, and programs that look for secrets where none should be, know a token."""

_READ_AS: Final = str.maketrans("OIL", "011")
_BETWEEN: Final = re.compile(r"[\s\-–—_.·]+")
_EXAMPLE: Final = "7KQ2M9XD4TVHW3ZC"


def new_code(secret: str, chars: int) -> str:
    """Return a code that nobody can foresee who does not know `secret`, which is used for one."""
    number = int.from_bytes(hashlib.sha256(f"code {secret}".encode()).digest())
    code = ""
    for _ in range(chars):
        number, digit = divmod(number, len(ALPHABET))
        code += ALPHABET[digit]
    return code


def shown_code(code: str) -> str:
    """Return a code as people read it best: in groups."""
    return "-".join(code[at : at + GROUP_CHARS] for at in range(0, len(code), GROUP_CHARS))


def typed_code(typed: str, chars: int) -> str:
    """Return the code that somebody typed; raise Refused `wrong_code` if it can be none."""
    raw = normalize("NFKC", typed[:TYPED_CHARS_MAX]).upper()
    code = _BETWEEN.sub("", raw).translate(_READ_AS)
    if strange := next((char for char in code if char not in ALPHABET), ""):
        raise _no_code(f"{strange!r} stands in no code.", chars)
    if len(code) != chars:
        count = "1 letter or digit" if len(code) == 1 else f"{len(code)} letters and digits"
        raise _no_code(f"This has {count}, and the code {chars}.", chars)
    return code


def _no_code(cause: str, chars: int) -> Refused:
    example = shown_code(_EXAMPLE[:chars])
    return Refused(f"{cause} Type it as it was shown; it looks like {example}.", code="wrong_code")


def new_token(secret: str) -> str:
    """Return a token for a program, whose random part is `secret`."""
    return BOT_PREFIX + secret


def is_token(text: str) -> bool:
    """Return whether a text looks like a token, and not like the password of a chatroom."""
    return text.startswith(BOT_PREFIX)
