"""Pictures get a preview and lose what tells of people; whatever is no picture is not shown."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from hubbub.server.files.cleaning import cleaned
from hubbub.server.files.examination import PIXELS_MAX, PREVIEW_PIXELS, examine
from tests.server.conftest import Meet
from tests.server.files.conftest import ServeFiles
from tests.server.files.pictures import PLACE, bomb, photo, with_exif, with_pixels
from tests.server.files.sharing import get, kept, share, upload

FORMATS = ["JPEG", "PNG", "WEBP", "GIF"]
HTML = b"<!doctype html><html><script>alert(document.cookie)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def opened(raw: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(raw))
    picture.load()
    return picture


@pytest.mark.parametrize("format_", FORMATS)
def test_a_picture_tells_no_place_and_is_as_it_was(
    serve_files: ServeFiles, meet: Meet, tmp_path: Path, format_: str
) -> None:
    original = photo(format_) + b"trailing" * 10 + PLACE.encode()
    with serve_files() as server:
        _, file = share(server, meet(server, "ann"), original, name="photo")
        answer = get(server, file)
        preview = get(server, file, "preview")
    assert (file["width"], file["height"], file["preview"]) == (64, 48, True)
    assert answer.headers["content-type"] == file["type"] == f"image/{format_.lower()}"
    assert answer.headers["content-disposition"].startswith("inline")
    picture, before = opened(answer.body), opened(original)
    assert not picture.getexif()
    assert ImageChops.difference(picture.convert("RGB"), before.convert("RGB")).getbbox() is None
    assert getattr(picture, "n_frames", 1) == getattr(before, "n_frames", 1)
    for part in (answer.body, preview.body):
        assert PLACE.encode() not in part
        assert b"Camera" not in part
    assert preview.headers["content-type"] == "image/webp"
    assert opened(preview.body).size == (64, 48)
    everything = [path.read_bytes() for path in (tmp_path / "files").rglob("*") if path.is_file()]
    assert everything
    assert not any(PLACE.encode() in raw for raw in everything)


def test_a_photo_of_a_phone_with_a_second_picture_in_it_tells_no_place(tmp_path: Path) -> None:
    picture, out = Image.radial_gradient("L").convert("RGB"), io.BytesIO()
    exif = with_exif(picture, 6)
    picture.save(out, "MPO", save_all=True, append_images=[picture.resize((32, 32))], exif=exif)
    path, clean = tmp_path / "photo", tmp_path / "clean"
    path.write_bytes(out.getvalue())
    found = examine(path, clean, tmp_path / "preview")
    assert (found.type, found.preview, found.clean) == ("image/jpeg", True, True)
    assert PLACE.encode() not in clean.read_bytes()
    assert opened(clean.read_bytes()).getexif() == {0x0112: 6}


@pytest.mark.parametrize("size", [(12_000, 9_000), (20_000, 10_000)])
def test_a_photo_that_is_too_large_for_a_preview_tells_no_place(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    path, clean, large = tmp_path / "photo", tmp_path / "clean", tmp_path / "preview"
    path.write_bytes(with_pixels(photo(orientation=6), size))
    files = map(str, (path, clean, large))
    program = [sys.executable, "-m", "hubbub.server.files.examination", *files]
    told = subprocess.run(program, check=True, capture_output=True, timeout=120).stdout
    assert json.loads(told) == {"clean": True}
    kept = clean.read_bytes()
    assert PLACE.encode() not in kept
    assert opened(with_pixels(kept, (64, 48))).getexif() == {0x0112: 6}


def test_a_photo_that_cannot_be_decoded_tells_no_place(tmp_path: Path) -> None:
    path, clean, preview = tmp_path / "photo", tmp_path / "clean", tmp_path / "preview"
    path.write_bytes(photo().replace(b"\xff\xdb", b"\xff\xdd"))  # without its tables
    assert examine(path, clean, preview).clean
    assert PLACE.encode() not in clean.read_bytes()
    assert not preview.exists()


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", [3, 6])
def test_a_picture_stays_upright(tmp_path: Path, format_: str, orientation: int) -> None:
    path = tmp_path / "photo"
    path.write_bytes(photo(format_, orientation=orientation))
    found = examine(path, tmp_path / "clean", tmp_path / "preview")
    assert (found.width, found.height) == ((48, 64) if orientation == 6 else (64, 48))
    assert opened((tmp_path / "preview").read_bytes()).size == (found.width, found.height)
    clean = opened((tmp_path / "clean").read_bytes())
    left = clean.getexif()
    assert set(left) <= {0x0112}
    assert (clean.size[::-1] if left.get(0x0112) == 6 else clean.size) == (
        found.width,
        found.height,
    )


def test_a_preview_is_small(tmp_path: Path) -> None:
    path = tmp_path / "photo"
    path.write_bytes(photo(size=(4000, 1000)))
    found = examine(path, tmp_path / "clean", tmp_path / "preview")
    assert (found.width, found.height) == (4000, 1000)
    assert opened((tmp_path / "preview").read_bytes()).size == (PREVIEW_PIXELS, 320)


def test_a_large_webp_has_a_preview_as_well(tmp_path: Path) -> None:
    path = tmp_path / "photo"
    Image.new("RGB", (8000, 6250), "teal").save(path, "WEBP", quality=1, method=0)
    program = [sys.executable, "-m", "hubbub.server.files.examination", str(path)]
    program += [str(tmp_path / "clean"), str(tmp_path / "preview")]
    told = subprocess.run(program, check=True, capture_output=True, timeout=120).stdout
    assert json.loads(told)["preview"]
    assert opened((tmp_path / "preview").read_bytes()).size == (PREVIEW_PIXELS, 1000)


HOSTILE = {
    "HTML called a picture": (HTML, "text/plain", True),
    "SVG called a picture": (SVG, "text/plain", True),
    "a bomb": (bomb(), "application/octet-stream", False),
    "a truncated picture": (photo()[:-400], "application/octet-stream", False),
    "the beginning of a picture": (photo("PNG")[:40], "application/octet-stream", False),
    "a script behind a picture's name": (
        b"GIF89a<script>alert(1)</script>\0",
        "application/octet-stream",
        False,
    ),
    "a PDF": (b"%PDF-1.4\n1 0 obj\n", "application/pdf", False),
    "an archive": (b"PK\x03\x04" + bytes(40), "application/zip", False),
    "a program": (b"\x7fELF" + bytes(60), "", False),
    "text": ("Käse".encode(), "text/plain", True),
    "text with an escape": (b"\x1b[31mred", "text/plain", True),
    "text in another encoding": ("Käse".encode("latin-1"), "application/octet-stream", False),
    "HTML with a byte that is no text": (HTML + b"\0", "", False),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_only_what_cannot_run_is_shown(serve_files: ServeFiles, meet: Meet, what: str) -> None:
    content, told, is_shown = HOSTILE[what]
    with serve_files() as server:
        _, file = share(server, meet(server, "ann"), content, name="cat.png")
        answer = get(server, file, "cat.png")
    if "truncated" not in what:
        assert answer.body == content
    assert PLACE.encode() not in answer.body
    assert "preview" not in file
    if told:
        assert file["type"] == told
    served = "text/plain; charset=utf-8" if is_shown else "application/octet-stream"
    assert answer.headers["content-type"] == served
    kind = "inline" if is_shown else "attachment"
    assert answer.headers["content-disposition"].startswith(kind)
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_bomb_takes_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb"
    path.write_bytes(bomb())
    assert path.stat().st_size < 20_000
    assert not examine(path, tmp_path / "clean", tmp_path / "preview").preview
    just_too_large = bomb(PIXELS_MAX // 1000 + 1, 1000)
    path.write_bytes(just_too_large)
    assert not examine(path, tmp_path / "clean", tmp_path / "preview").preview


def test_where_no_process_can_look_the_file_is_kept_all_the_same(
    serve_files: ServeFiles, meet: Meet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("hubbub.server.files.examining.MODULE", "hubbub.no_such_module")
    with serve_files() as server:
        file = upload(server, meet(server, "ann"), photo())
        assert file["type"] == "application/octet-stream"
        assert kept(tmp_path) == {file["sha256"]}


def test_a_process_that_takes_too_long_is_ended(
    serve_files: ServeFiles, meet: Meet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hubbub.server.files.examining.SECONDS_MAX", 0.0)
    with serve_files() as server:
        file = upload(server, meet(server, "ann"), photo())
        assert file["type"] == "application/octet-stream"


@pytest.mark.parametrize("format_", FORMATS)
def test_whatever_is_cut_or_changed_is_refused_or_stays_a_picture(format_: str) -> None:
    """Nothing but ValueError is raised, and cleaning what is clean changes nothing."""
    original = photo(format_)
    clean = cleaned(format_, original, 1)
    assert cleaned(format_, clean, 1) == clean
    for end in range(0, len(original), max(1, len(original) // 200)):
        for broken in (original[:end], original[:end] + b"\xff" + original[end + 1 :]):
            try:
                assert PLACE.encode() not in cleaned(format_, broken, 1) or end
            except ValueError:
                continue


def test_the_server_itself_loads_nothing_that_decodes() -> None:
    modules = "hubbub.server.app, hubbub.server.http.site, hubbub.server.files.intake"
    program = f"import sys, {modules}; print({{'PIL', 'puremagic'}} & set(sys.modules))"
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, timeout=60
    )
    assert ended.stdout.strip() == b"set()"
