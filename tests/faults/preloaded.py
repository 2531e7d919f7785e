"""Libraries that are loaded into a program first, and have the system fail it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def compiled(source: Path, folder: Path) -> Path:
    """Return the library made of a file in C; skip the test where none can be made."""
    compiler = shutil.which("cc")
    if sys.platform != "linux" or compiler is None:
        if os.environ.get("HUBBUB_TEST_REQUIRE_ALL"):
            pytest.fail("there is no C compiler")
        pytest.skip("needs Linux and a C compiler")
    library = folder / source.with_suffix(".so").name
    command = [compiler, "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"]
    subprocess.run(command, check=True, timeout=60)
    return library
