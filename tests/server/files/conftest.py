"""Servers that keep files in the test's folder."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from hubbub.chat.access import Access
from hubbub.chat.limits import FileLimits, Limits
from hubbub.server.config import Config, ServerSection
from hubbub.testing import SHUTDOWN_SECONDS, LocalServer, serving

ServeFiles = Callable[..., AbstractContextManager[LocalServer]]


@pytest.fixture
def serve_files(tmp_path: Path) -> ServeFiles:
    """Return a server on the test's folder, with these limits of files, as often as called."""

    @contextmanager
    def on_this_folder(
        *, password: str = "", access: Access | None = None, limits: Any = None, **files: float
    ) -> Iterator[LocalServer]:
        config = Config(
            server=ServerSection(listen="127.0.0.1:0", data=str(tmp_path), password=password),
            limits=limits or Limits(shutdown_seconds=SHUTDOWN_SECONDS),
            access=access or Access(),
            files=FileLimits(**{"disk_free_megabytes_min": 0, **files}),
        )
        with serving(config) as server:
            yield server

    return on_this_folder
