"""`hubbub check`, of files: whether the bytes that messages hold are there, and what they were."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from hubbub.chat.files import size_words
from hubbub.log.sqlite.around import attempt
from hubbub.log.sqlite.files import read_all
from hubbub.server.files.store import Store, hash_of


class CheckedFiles(NamedTuple):
    """What was found of the files that messages hold, as sentences, and whether all is well."""

    sentences: list[str]
    are_whole: bool


def checked_files(connection: sqlite3.Connection, folder: Path) -> CheckedFiles:
    """Read every file that a message of the log holds; with many of them that takes a while."""
    rows = attempt(lambda: read_all(connection))
    if rows is None:
        return CheckedFiles([], are_whole=True)  # the log is damaged, which is said
    if not rows:
        return CheckedFiles([], are_whole=True)
    sizes = {hash_: size for _, _, hash_, size in rows}
    wrong = list(_wrong(Store(folder), sizes))
    held = "1 file is" if len(sizes) == 1 else f"{len(sizes)} files are"
    said = f"{held} in messages, {size_words(sum(sizes.values()))}"
    if not wrong:
        return CheckedFiles([f"{said}: whole."], are_whole=True)
    return CheckedFiles([f"{said}; a backup alone may have these:", *wrong], are_whole=False)


def _wrong(store: Store, sizes: dict[str, int]) -> Iterator[str]:
    for hash_, size in sizes.items():
        path = store.object(hash_)
        try:
            is_whole = path.stat().st_size == size and hash_of(path) == hash_
        except FileNotFoundError:
            yield f"{path} is missing."
            continue
        except OSError as error:
            yield f"{path} cannot be read: {error.strerror}."
            continue
        if not is_whole:
            yield f"{path} is damaged: it is not what was uploaded."
