"""What tests of the desk share."""

from pathlib import Path

import pytest

from hubbub.desk.profile import Profile


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    return Profile.load(tmp_path / "profile.json")
