"""Pictures as half blocks, as large as fits, with what is behind them where they are clear."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubbub.chat.errors import HubbubError
from hubbub.tui.pictures.blocks import drawn, extent_of
from hubbub.tui.pictures.decoding import PIXELS_MAX

from .samples import stripes


def test_a_cell_shows_two_pixels() -> None:
    rows = drawn(stripes(4, 4), 40, 12)
    assert [row.plain for row in rows] == ["▀▀▀ ", "▀▀▀ "]
    colors = [span.style for span in rows[0].spans]
    assert [str(color) for color in colors] == [
        "#ff0000 on #ff0000",
        "#00ff00 on #00ff00",
        "#0000ff on #0000ff",
    ]


def test_the_last_row_of_an_odd_picture_is_half() -> None:
    assert len(drawn(stripes(8, 5), 40, 12)) == 3


@given(*[st.integers(1, 3000)] * 2, *[st.integers(1, 200)] * 2)
def test_it_fits_keeps_its_form_and_does_not_grow(
    width: int, height: int, columns: int, rows: int
) -> None:
    extent = extent_of(width, height, columns, rows)
    assert 1 <= extent.columns <= min(columns, width)
    assert 1 <= extent.rows <= min(rows, -(-height // 2))


@pytest.mark.parametrize("raw", [b"", b"RIFF", b"no picture", stripes(4, 4, "PNG")])
def test_what_is_no_preview_is_refused(raw: bytes) -> None:
    with pytest.raises(HubbubError):
        drawn(raw, 40, 12)


def test_what_has_too_many_pixels_is_not_read() -> None:
    side = int(PIXELS_MAX**0.5) + 1
    with pytest.raises(HubbubError):
        drawn(stripes(side, side), 40, 12)


@given(st.binary(max_size=300), st.integers(0, 100))
def test_no_bytes_do_any_harm(noise: bytes, at: int) -> None:
    raw = stripes(8, 8)
    with suppress(HubbubError):
        drawn(raw[:at] + noise + raw[at + len(noise) :], 40, 12)
