"""Editing a draft in the program that the user prefers for that."""

import os
import shlex
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from hubbub.chat.errors import HubbubError

_IS_WINDOWS = os.name == "nt"
_REMEDY = "Set the environment variable EDITOR to the command of your editor."


def edited(text: str, environ: Mapping[str, str] = os.environ) -> str:
    """Return what the user made of `text` in their editor; blocks until it is closed.

    Raises HubbubError `no_editor` if it cannot be started or ends with an error.
    """
    command = _command(environ)
    with tempfile.TemporaryDirectory(prefix="hubbub-") as folder:
        draft = Path(folder, "draft.md")
        try:
            draft.write_text(text, "utf-8")
            status = subprocess.run([*command, str(draft)], check=False).returncode  # noqa: S603
            result = draft.read_text("utf-8", errors="replace")
        except OSError as error:
            raise _failed(f"The editor '{command[0]}' did not work: {error.strerror}.") from error
    if status:
        raise _failed(
            f"The editor '{command[0]}' ended with error {status}; the draft is as it was."
        )
    return result.removesuffix("\n")


def _command(environ: Mapping[str, str]) -> list[str]:
    fallback = "notepad" if _IS_WINDOWS else "vi"
    chosen = environ.get("VISUAL", "").strip() or environ.get("EDITOR", "").strip() or fallback
    try:
        # A backslash parts folders on Windows, and is no escape there.
        words = shlex.split(chosen, posix=not _IS_WINDOWS)
    except ValueError:
        raise _failed(f"The editor's command has an open quotation mark: {chosen}") from None
    return [word.strip('"') for word in words] if _IS_WINDOWS else words


def _failed(sentence: str) -> HubbubError:
    return HubbubError(f"{sentence} {_REMEDY}", code="no_editor")
