"""One target under atheris, which looks for bytes that reach new code; a program of its own.

Whatever is loaded before atheris looks is not looked at, so nothing here imports hubbub earlier.
"""

import importlib
import sys
from typing import Any


def main() -> None:
    """Read bytes for ever, or as long as the options for libFuzzer say; end at the first fault."""
    name, *options = sys.argv[1:]
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["hubbub"]):
        table: Any = importlib.import_module("bench.fuzz.table")
    target = next(one for one in table.TARGETS if one.name == name)
    atheris.Setup([sys.argv[0], *options], target.read)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
