"""The folder that holds one log: made if need be, and claimed so that no second server uses it."""

from pathlib import Path

from filelock import FileLock, Timeout

from hubbub.chat.errors import LogError


def claim(folder: Path) -> FileLock:
    """Return the held lock on `folder`; raise LogError, `log_in_use` if another server holds it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # private rooms are in it
        # The lock is let go by whichever thread closes the log, so it belongs to none.
        lock = FileLock(folder / "hubbub.lock", thread_local=False)
        lock.acquire(blocking=False)
    except Timeout:
        raise LogError(
            f"The folder {folder} is in use by another hubbub server. "
            "Stop that one, or give this one a folder of its own.",
            code="log_in_use",
        ) from None
    except (FileExistsError, NotADirectoryError):
        raise LogError(
            f"The log cannot be kept in {folder}, because a file is in the way. "
            "Choose another place."
        ) from None
    except (OSError, NotImplementedError) as error:
        raise LogError(
            f"The log cannot be kept in {folder} ({error}). "
            "Give the server the right to write there, or choose another place."
        ) from error
    return lock
