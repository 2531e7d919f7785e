"""Surroundings of its own for each test that runs commands, so that none touches a person's."""

import pytest


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have this process and its children remember things, and keep messages, in the test's own."""
    for kind in ("STATE", "DATA"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path_factory.mktemp(kind.lower())))
    monkeypatch.setenv("HUBBUB_LAN", "0")  # whatever the network of this machine announces
    monkeypatch.delenv("HUBBUB_PASSWORD", raising=False)
