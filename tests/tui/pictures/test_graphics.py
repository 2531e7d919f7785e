"""What terminals are told that can draw: read back, it is the picture."""

import io
import re
from base64 import b64decode

from PIL import Image

from hubbub.tui.pictures.decoding import decoded
from hubbub.tui.pictures.graphics import Cell, drawn, removed, sixels
from hubbub.tui.pictures.means import Means

from .samples import STRIPES, stripes

CELL = Cell(10, 20)


def test_kitty_is_given_all_of_a_png_in_pieces() -> None:
    graphic = drawn(Means.KITTY, stripes(400, 300), 30, 20, CELL)
    parts = re.findall(r"\x1b_G([^;]*);([^\x1b]*)\x1b\\", graphic.sequence)
    assert "".join(f"\x1b_G{keys};{data}\x1b\\" for keys, data in parts) == graphic.sequence
    assert all(len(data) <= 4096 for _, data in parts)
    assert [keys[-3:] for keys, _ in parts] == ["m=1"] * (len(parts) - 1) + ["m=0"] or (
        parts[-1][0].endswith("m=0")
    )
    picture = Image.open(io.BytesIO(b64decode("".join(data for _, data in parts))))
    assert picture.size == (300, 225)
    assert graphic.extent == (30, 12)
    assert "c=30,r=12," in parts[0][0]
    assert "d=I" in removed(Means.KITTY)


def test_iterm2_is_given_the_picture_with_its_size_in_cells() -> None:
    graphic = drawn(Means.ITERM2, stripes(100, 100), 30, 20, CELL)
    found = re.fullmatch(r"\x1b\]1337;File=([^:]*):(.*)\x07", graphic.sequence)
    assert found is not None
    assert "inline=1" in found[1]
    assert "width=10;height=5" in found[1]
    assert Image.open(io.BytesIO(b64decode(found[2]))).size == (100, 100)
    assert removed(Means.ITERM2) == ""


def read_sixels(told: str) -> dict[tuple[int, int], tuple[int, ...]]:
    """Return the pixels that a terminal would draw, by column and row."""
    body = re.fullmatch(r'\x1bP0;1q"1;1;\d+;\d+(.*)\x1b\\', told, re.DOTALL)
    assert body is not None
    colors: dict[int, tuple[int, ...]] = {}
    drawn: dict[tuple[int, int], tuple[int, ...]] = {}
    color = column = top = 0
    for token in re.finditer(r"#(\d+)(?:;2;(\d+);(\d+);(\d+))?|!(\d+)(.)|([?-~])|([$-])", body[1]):
        number, *shares = token.group(1, 2, 3, 4)
        if number is not None:
            color = int(number)
            if shares[0] is not None:
                colors[color] = tuple(round(int(share or 0) * 2.55) for share in shares)
        elif token[8]:
            column, top = 0, top + (6 if token[8] == "-" else 0)
        else:
            bits = ord(token[6] or token[7]) - 63
            end = column + int(token[5] or 1)
            rows = [top + bit for bit in range(6) if bits >> bit & 1]
            drawn |= {(at, row): colors[color] for at in range(column, end) for row in rows}
            column = end
    return drawn


def test_sixels_are_the_picture_and_leave_out_what_is_clear() -> None:
    seen = read_sixels(sixels(decoded(stripes(40, 14))))
    for column in range(40):
        for row in range(14):
            color = STRIPES[min(column // 10, 3)]
            assert seen.get((column, row)) == (color[:3] if color[3] else None)


def test_a_picture_of_many_colors_is_near_to_what_it_was() -> None:
    picture = Image.radial_gradient("L").resize((60, 40)).convert("RGBA")
    seen = read_sixels(sixels(picture))
    assert len(seen) == 60 * 40
    for place, color in seen.items():
        wanted = picture.getpixel(place)
        assert isinstance(wanted, tuple)
        assert all(abs(one - other) < 12 for one, other in zip(color, wanted, strict=False))
