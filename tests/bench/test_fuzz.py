"""Everything that reads bytes of others reads any bytes: it refuses them with its own errors."""

import pytest
from bench.fuzz.table import TARGETS
from bench.fuzz.target import Target
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.test_command import bench

CHANGES_MAX = 6
BYTES = st.binary(min_size=1, max_size=8)


@st.composite
def nearly(draw: st.DrawFn, target: Target) -> bytes:
    """A well-formed example in which something was replaced, left out, repeated or put in."""
    data = bytearray(draw(st.sampled_from(target.seeds)))
    for _ in range(draw(st.integers(0, CHANGES_MAX))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + 20)))
        match draw(st.integers(0, 3)):
            case 0:
                data[start:end] = draw(BYTES)
            case 1:
                del data[start:end]
            case 2:
                data[start:start] = data[start:end] * draw(st.integers(1, 200))
            case _:
                other = draw(st.sampled_from(target.seeds))
                data[start:end] = other[: draw(st.integers(0, len(other)))]
    return bytes(data)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_a_good_example_is_read(target: Target) -> None:
    for seed in target.seeds:
        target.read(seed)
    target.read(b"")


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
@given(data=st.data())
def test_any_bytes_are_read_or_refused(target: Target, data: st.DataObject) -> None:
    target.read(data.draw(nearly(target) | st.binary(max_size=200)))


def test_every_target_says_what_it_reads() -> None:
    assert len({target.name for target in TARGETS}) == len(TARGETS)
    assert all(target.title.endswith(".") for target in TARGETS)


def test_what_there_is_not_is_told() -> None:
    ran = bench("fuzz", "stars")
    assert ran.returncode == 1
    assert "There is no target 'stars'. There are: frames, " in ran.stderr
    assert "frames " in bench("fuzz", "--list").stdout
