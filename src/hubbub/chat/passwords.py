"""Which passwords people may choose, and when two spellings are the same one (RFC 8265).

There are no rules about capitals, digits and signs: they make passwords hard to remember, and no
harder to guess. Length does.
"""

from typing import Final

from hubbub.chat.errors import Refused
from hubbub.chat.names import SERVER_NAME, same_name

PASSWORD_CHARS_MIN: Final = 8
PASSWORD_CHARS_MAX: Final = 1000

SAME_CHARS_MIN: Final = 64
"""So often must one character stand there that a password may have nothing else."""


def allowed_password(raw: str, name: str, chars_min: int = PASSWORD_CHARS_MIN) -> str:
    """Return what is hashed of a password that somebody with this name chooses.

    Raises Refused `password_not_allowed`.
    """
    password = spelled(raw)
    if (cause := _what_is_wrong(raw, password, name, chars_min)) is not None:
        raise Refused(
            f"The password {cause}. Choose {chars_min} to {PASSWORD_CHARS_MAX} characters that "
            "others cannot guess, such as a few words that do not belong together.",
            code="password_not_allowed",
        )
    return password


def _what_is_wrong(raw: str, password: str, name: str, chars_min: int) -> str | None:
    if len(raw) > PASSWORD_CHARS_MAX:
        return f"has {len(raw)} characters"
    if raw and not password:
        return "holds characters that are invisible, or that not every device can type"
    if len(password) < chars_min:
        count = "1 character" if len(password) == 1 else f"{len(password)} characters"
        return f"has {count}"
    if any(same_name(password.strip(), known) for known in (name, SERVER_NAME)):
        return "is a name that everybody sees"
    if len(set(password)) == 1 and len(password) < SAME_CHARS_MIN:
        return "is the same character again and again"
    return None


def spelled(raw: str) -> str:
    """Return a password as it is hashed, however a device spells it; '' if it can be nobody's."""
    if len(raw) > PASSWORD_CHARS_MAX:
        return ""
    if raw.isascii():  # the profile would do no more
        return raw if raw.isprintable() else ""
    from hubbub.chat.profiles import opaque_string  # noqa: PLC0415 (loads tables that few need)

    try:
        return opaque_string(raw, PASSWORD_CHARS_MAX)
    except ValueError:
        return ""
