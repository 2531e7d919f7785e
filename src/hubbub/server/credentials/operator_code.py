"""The code for an operator elsewhere, kept in the folder of the log until somebody has used it."""

import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from hubbub.chat.codes import OPERATOR_CHARS, new_code, shown_code

FILE = "operator-code"


def kept_code(folder: Path, *, is_first: bool, is_spent: Callable[[str], bool]) -> str:
    """Return the code that counts, without lines in it; empty if there is none.

    At the first start, one is made up. One that is spent is removed. A folder that cannot be
    written has none.
    """
    path = folder / FILE
    with suppress(OSError):
        if not path.exists():
            return _made_up(path) if is_first else ""
        code = path.read_text("utf-8", "replace").strip().replace("-", "")
        if not is_spent(code):
            return code
        path.unlink()
    return ""


def _made_up(path: Path) -> str:
    code = new_code(secrets.token_urlsafe(16), OPERATOR_CHARS)
    path.touch(mode=0o600)
    path.write_text(f"{shown_code(code)}\n", "utf-8")
    return code


def shown_operator_code(folder: Path) -> str:
    """Return the code of a folder as people read it, empty if there is none."""
    with suppress(OSError):
        return (folder / FILE).read_text("utf-8", "replace").strip()
    return ""
