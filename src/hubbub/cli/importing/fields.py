"""Reads JSON files of exports, which are other programs': with what is needed, and a sentence if
it is not there."""

from pathlib import Path
from typing import IO, TypeVar
from zipfile import Path as ZipPath

import msgspec

from hubbub.cli.importing.said import BadExport

Found = TypeVar("Found")
Place = Path | ZipPath
"""A file or folder, which may be within a zip."""


def decoded(place: Place, kind: type[Found]) -> Found:
    """Return what a JSON file holds. Raises BadExport."""
    try:
        file: IO[bytes]
        with place.open("rb") as file:
            return msgspec.json.decode(file.read(), type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadExport(f"{place} is not what such an export has there: {error}.") from None
