"""Which passwords people may choose, and when two spellings are the same one (RFC 8265).

There are no rules about capitals, digits and signs: they make passwords hard to remember, and no
harder to guess. Length does.
"""

from typing import Final

from hubbub.chat.errors import Refused
from hubbub.chat.names import SERVER_NAME, same_name

PASSWORD_CHARS_MIN: Final = 8
PASSWORD_CHARS_MAX: Final = 1000


def allowed_password(raw: str, name: str) -> str:
    """Return what is hashed of a password that somebody with this name chooses.

    Raises Refused `password_not_allowed`.
    """
    if len(raw) > PASSWORD_CHARS_MAX:
        raise _not_allowed(f"has {len(raw)} characters")
    password = spelled(raw)
    if raw and not password:
        raise _not_allowed("holds characters that are invisible, or that not every device can type")
    if len(password) < PASSWORD_CHARS_MIN:
        count = "1 character" if len(password) == 1 else f"{len(password)} characters"
        raise _not_allowed(f"has {count}")
    if any(same_name(password.strip(), known) for known in (name, SERVER_NAME)):
        raise _not_allowed("is a name that everybody sees")
    if len(set(password)) == 1:
        raise _not_allowed("is the same character again and again")
    return password


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


def _not_allowed(cause: str) -> Refused:
    return Refused(
        f"The password {cause}. Choose {PASSWORD_CHARS_MIN} to {PASSWORD_CHARS_MAX} characters "
        "that others cannot guess, such as a few words that do not belong together.",
        code="password_not_allowed",
    )
