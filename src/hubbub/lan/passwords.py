"""Made-up passwords, easy to say aloud and to type on a phone."""

import secrets
from contextlib import suppress
from pathlib import Path

from hubbub.chat.errors import ConfigError

CONSONANTS = "bdfghkmnprstvz"  # no l, which looks like i and 1; no c and q, which sound like k
VOWELS = "aeiou"
WORDS = 3
WORD_SYLLABLES = 2


def made_up_password() -> str:
    """Return something like `rotu-mika-tedo`; there are 70**6 such, 36.7 bits."""
    return "-".join(
        "".join(secrets.choice(CONSONANTS) + secrets.choice(VOWELS) for _ in range(WORD_SYLLABLES))
        for _ in range(WORDS)
    )


def kept_password(folder: Path) -> str:
    """Return the password made up for the chatroom in `folder`; the first time, make one up.

    It is kept, so that members can come back after the server was restarted. Raises ConfigError.
    """
    path = folder / "password"
    try:
        with suppress(FileNotFoundError):
            if known := path.read_text("utf-8", "replace").strip():
                return known
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        password = made_up_password()
        path.write_text(f"{password}\n", "utf-8")
    except OSError as error:
        raise ConfigError(
            f"The password cannot be kept in {path}: {error.strerror}. "
            "Give one with --password, or choose another folder with --data."
        ) from None
    return password
