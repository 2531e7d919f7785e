"""Films, and photos of other formats, lose what tells of people, and nothing else of them moves."""

import io
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from hubbub.server.files.blanking import blanked, blanks_in
from hubbub.server.files.examination import examine
from tests.server.conftest import Meet
from tests.server.files.conftest import ServeFiles
from tests.server.files.films import (
    POSITION,
    SOUND,
    TOLD,
    box,
    element,
    film,
    photo_of_boxes,
    webm,
)
from tests.server.files.pictures import photo, with_exif
from tests.server.files.sharing import get, share
from tests.server.http.test_metrics import figures

MADE = {
    "mp4": film(),
    "mov": film(b"qt  "),
    "heic": photo_of_boxes(),
    "webm": webm(),
}


def tiff() -> bytes:
    picture, out = Image.radial_gradient("L").convert("RGB"), io.BytesIO()
    picture.save(out, "TIFF", exif=with_exif(picture, 6), compression="tiff_lzw")
    return out.getvalue()


def avif(orientation: int = 1) -> bytes:
    picture, out = Image.radial_gradient("L").convert("RGB"), io.BytesIO()
    picture = picture.resize((64, 48))
    xmp = b"<x>" + TOLD + b"</x>"
    picture.save(out, "AVIF", exif=with_exif(picture, orientation), xmp=xmp)
    return out.getvalue()


@pytest.mark.parametrize("kind", MADE)
def test_a_film_tells_no_place_and_is_as_long_as_it_was(
    serve_files: ServeFiles, meet: Meet, tmp_path: Path, kind: str
) -> None:
    original = MADE[kind]
    with serve_files() as server:
        _, file = share(server, meet(server, "ann"), original, name=f"film.{kind}")
        kept = get(server, file).body
    assert len(kept) == len(original)
    assert TOLD in original
    for told in (TOLD, POSITION):
        assert told not in kept
    for needed in (SOUND, b"the picture"):
        assert original.count(needed) == kept.count(needed)
    everything = [path.read_bytes() for path in (tmp_path / "files").rglob("*") if path.is_file()]
    assert everything
    assert not any(TOLD in raw for raw in everything)


def test_a_film_does_not_tell_when_it_was_made() -> None:
    times = struct.pack(">II", 3_800_000_000, 3_800_000_000)
    assert times in film()
    assert times not in blanked(film())


def test_a_sum_over_what_a_webm_tells_goes_with_it_and_else_stays() -> None:
    head, crc = element(0x1A45DFA3, element(0x4282, b"webm")), element(0xBF, b"\1\2\3\4")
    told, needed = element(0x7BA9, TOLD), element(0x5741, b"x")
    telling, silent = (
        head + element(0x18538067, element(0x1549A966, crc, *content), element(0x1F43B675, SOUND))
        for content in ((told, needed), (needed,))
    )
    assert blanked(silent) == silent
    kept = blanked(telling)
    assert TOLD not in kept
    assert crc not in kept
    assert (needed in kept, SOUND in kept, len(kept)) == (True, True, len(telling))
    assert blanked(kept) == kept


def test_tracks_of_sound_stay_and_those_of_positions_are_free() -> None:
    kept = blanked(film())
    assert kept.count(b"trak") == 1
    assert kept.count(bytes(4) + b"soun") == 1


def test_a_tiff_tells_no_place_and_is_as_it_was() -> None:
    original = tiff()
    kept = blanked(original)
    before, after = (Image.open(io.BytesIO(raw)) for raw in (original, kept))
    assert TOLD in original
    assert b"A Camera" in original
    assert TOLD not in kept
    assert b"A Camera" not in kept
    assert ImageChops.difference(before.convert("RGB"), after.convert("RGB")).getbbox() is None
    exif = Image.open(io.BytesIO(kept)).getexif()
    assert exif.get(0x0112) == 6
    assert not exif.get_ifd(0x8825)
    assert blanked(kept) == kept


@pytest.mark.parametrize("tag", [519, 520, 521, 50674])
def test_tables_by_which_a_tiff_is_decoded_stay(tag: int) -> None:
    """Without those of its JPEG, an old TIFF would be no picture any more."""
    entry = struct.pack("<HHII", tag, 4, 3, 26)
    raw = b"II*\0" + struct.pack("<IH", 8, 1) + entry + bytes(4) + struct.pack("<III", 1, 2, 3)
    assert blanked(raw) == raw


@pytest.mark.parametrize("orientation", [1, 6])
def test_an_avif_is_shown_and_tells_no_place(tmp_path: Path, orientation: int) -> None:
    original, path, clean = avif(orientation), tmp_path / "photo", tmp_path / "clean"
    path.write_bytes(original)
    found = examine(path, clean, tmp_path / "preview")
    assert (found.type, found.preview, found.clean) == ("image/avif", True, True)
    assert {found.width, found.height} == {64, 48}
    kept = clean.read_bytes()
    assert TOLD not in kept
    assert b"A Camera" not in kept
    before, after = (Image.open(io.BytesIO(raw)).convert("RGB") for raw in (original, kept))
    assert ImageChops.difference(before, after).getbbox() is None
    for raw in (kept, (tmp_path / "preview").read_bytes()):
        assert not Image.open(io.BytesIO(raw)).getexif().get_ifd(0x8825)


@pytest.mark.parametrize(
    ("tag", "value"),
    [(50706, 1), (50752, 1), (262, 32803)],
    ids=["DNG", "CR2", "PEF"],
)
def test_a_raw_photo_of_a_camera_stays_as_it_is(tag: int, value: int) -> None:
    camera = struct.pack("<HHII", 271, 2, 4, int.from_bytes(b"Cam\0", "little"))
    first = b"II*\0" + struct.pack("<IH", 8, 1) + camera + struct.pack("<I", 26)
    entry = struct.pack("<HHIHH", tag, 3, 1, value, 0)
    with pytest.raises(ValueError, match="raw photo"):
        blanked(first + struct.pack("<H", 1) + entry + bytes(4))


@pytest.mark.parametrize(
    "brand", [b"crx ", b"M4A ", b"M4B "], ids=["a raw photo", "a song", "a book"]
)
def test_what_is_nothing_without_what_it_tells_stays_as_it_is(brand: bytes) -> None:
    """Of a song, that is who made it; of a raw photo, how it is to be developed."""
    assert blanked(film(brand)) == film(brand)


def test_what_ends_too_early_is_kept_as_it_came(tmp_path: Path) -> None:
    path = tmp_path / "film"
    for raw in (MADE["mp4"][:-3], box(b"ftyp", b"isom") + box(b"moov", b"xx")):
        path.write_bytes(raw)
        assert not examine(path, tmp_path / "clean", tmp_path / "preview").clean
        assert not (tmp_path / "clean").exists()


@given(st.data())
def test_whatever_is_damaged_is_refused_and_nothing_worse(data: st.DataObject) -> None:
    raw = bytearray(data.draw(st.sampled_from([*MADE.values(), TIFF])))
    for _ in range(data.draw(st.integers(1, 8))):
        raw[data.draw(st.integers(4, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = blanks_in(bytes(raw))
    except ValueError:
        return
    assert all(0 <= one.at <= one.at + one.size <= len(raw) for one in found)


TIFF = tiff()


def test_metrics_tell_of_files(serve_files: ServeFiles, meet: Meet) -> None:
    with serve_files() as server:
        ann = meet(server, "ann")
        before = figures(server)
        share(server, ann, MADE["mp4"], name="film.mp4")
        share(server, ann, photo(), name="photo.jpg")
        share(server, ann, b"text", name="notes.txt")
        after = figures(server)
    assert before["hubbub_files_total"] == before["hubbub_files_bytes"] == 0
    assert after["hubbub_files_total"] == 3
    assert after["hubbub_files_cleaned_total"] == 2
    assert after["hubbub_files_previews_total"] == 1
    assert after["hubbub_files_received_bytes_total"] == len(MADE["mp4"]) + len(photo()) + 4
    # Films are blanked in place, and a photo may be written anew to the same length.
    assert 0 < after["hubbub_files_bytes"] <= after["hubbub_files_received_bytes_total"]
    assert after["hubbub_files_failures_total/write"] == 0
    assert after["hubbub_files_failures_total/examine"] == 0
    assert after["hubbub_files_free_bytes"] > 0
