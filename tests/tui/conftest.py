"""What tests of the terminal client share."""

import os
import time
from collections.abc import Iterator

import pytest


@pytest.fixture
def in_utc() -> Iterator[None]:
    """Have the local time be UTC."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "UTC"
    time.tzset()
    yield
    os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
    time.tzset()
