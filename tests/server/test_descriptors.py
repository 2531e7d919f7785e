"""How many connections the system's limit of open files leaves room for."""

import resource
import subprocess
import sys

import pytest

from hubbub.server.sockets.descriptors import RESERVED, connections_allowed, raise_limit


def with_limits(soft: int, hard: int, work: str) -> int:
    """Return the number that `work` prints in a process with these limits."""
    program = f"""
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))
from hubbub.server.sockets.descriptors import *
{work}
"""
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    return int(ran.stdout)


@pytest.mark.parametrize(
    ("soft", "allowed"), [(64, 32), (128, 64), (1000, 1000 - RESERVED), (1000 + RESERVED, 1000)]
)
def test_some_are_never_given_to_connections(soft: int, allowed: int) -> None:
    assert with_limits(soft, soft, "print(connections_allowed(1000))") == allowed


def test_if_nobody_says_how_many_there_are_as_many_as_there_can_be() -> None:
    assert with_limits(1000, 1000, "print(connections_allowed(0))") == 1000 - RESERVED
    raised = "raise_limit(0); print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
    assert with_limits(100, 900, raised) == 900


@pytest.mark.parametrize(("hard", "limit"), [(120, 120), (500, 100 + RESERVED)])
def test_the_limit_is_raised_as_far_as_needed_and_allowed(hard: int, limit: int) -> None:
    raised = "raise_limit(100); print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
    assert with_limits(100, hard, raised) == limit


def test_a_limit_that_is_high_enough_stays() -> None:
    stays = "raise_limit(10); print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
    assert with_limits(150, 200, stays) == 150


def test_without_a_limit_all_are_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    infinite = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    monkeypatch.setattr("hubbub.server.sockets.descriptors.getrlimit", lambda _: infinite)
    assert connections_allowed(10**6) == 10**6


def test_a_system_that_refuses_a_limit_grants_a_lower_one(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def refusing(_kind: int, limits: tuple[int, int]) -> None:
        asked.append(limits[0])
        if limits[0] > 10_240:
            raise ValueError("current limit exceeds maximum limit")

    where = "hubbub.server.sockets.descriptors"
    monkeypatch.setattr(f"{where}.getrlimit", lambda _: (256, resource.RLIM_INFINITY))
    monkeypatch.setattr(f"{where}.setrlimit", refusing)
    raise_limit(50_000)
    assert asked == [50_000 + RESERVED, 10_240]
