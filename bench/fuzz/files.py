"""What is read from files: settings, what clients keep, pictures, and the rows of the log."""

import io
import tarfile
from contextlib import suppress
from datetime import UTC
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from bench.fuzz.target import Folder, Target
from hubbub.chat.errors import ConfigError, LogError
from hubbub.cli.importing.files import read as imported
from hubbub.cli.importing.said import BadExport, Source
from hubbub.desk.profile import Profile
from hubbub.desk.unsent import Journal, Unsent
from hubbub.log.sqlite.failures import OF_DAMAGE
from hubbub.log.sqlite.seals import checksum_of, unsealed
from hubbub.server.backup.tape import unpack
from hubbub.server.config import load_config, print_config
from hubbub.server.files.cleaning import cleaned
from hubbub.tui.config.reading import read

ADDRESS, NAME = "127.0.0.1:1234", "ann"
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
BODY = b'[{"type":"message","seq":1}]'
SOURCES: Final[tuple[Source, ...]] = ("hubbub", "discord", "irc", "slack")
FOLDER = Folder()


def read_config(data: bytes) -> None:
    """The configuration of a server."""
    with suppress(ConfigError):
        load_config(FOLDER.file("hubbub.toml", data))


def read_settings(data: bytes) -> None:
    """The settings of the terminal client."""
    found = read(FOLDER.file("client.toml", data), lambda _path, _value: "")
    assert all(complaint.endswith((".", "?")) for complaint in found.complaints)


def read_profile(data: bytes) -> None:
    """What a client remembers of the last time."""
    profile = Profile.load(FOLDER.file("profile.json", data))
    assert profile.notice or profile.save() is None, "what it reads, it writes"


def read_journal(data: bytes) -> None:
    """What a client that was killed had not sent yet."""
    path = FOLDER.file("000000000001-abcdefab.jsonl", data)
    told: list[str] = []
    journal = Journal(path.parent, ADDRESS, NAME, tell=told.append)
    kept = journal.take_over()
    assert [one.nonce for one in kept] == [one.nonce for one in journal.kept]
    journal.discard()
    journal.close()
    assert not told


def read_import(data: bytes) -> None:
    """What other programs exported, or hubbub itself, or IRC clients logged."""
    if not data:
        return
    source = SOURCES[data[0] % len(SOURCES)]
    with suppress(BadExport):
        for said in imported(source, [FOLDER.file("#lobby.log", data[1:])], "", UTC):
            assert said.room


def read_tape(data: bytes) -> None:
    """A copy of a folder that is put back: a tar."""
    tape = FOLDER.file("copy.tar", data)
    with TemporaryDirectory() as folder, suppress(LogError):
        unpack(tape, Path(folder))


def read_picture(data: bytes) -> None:
    """A picture that is to be freed of what is hidden in it."""
    if not data:
        return
    clean = None
    format_, turned = FORMATS[data[0] % len(FORMATS)], data[0] // len(FORMATS) % 8 + 1
    with suppress(ValueError):
        clean = cleaned(format_, data[1:], turned)
    if clean is not None:
        assert cleaned(format_, clean, turned) == clean, "nothing more is to be taken out"


def read_row(data: bytes) -> None:
    """A row of the log: its checksum and its events."""
    with suppress(*OF_DAMAGE):
        unsealed(data)


_OWNER = msgspec.json.encode({"owner": {"address": ADDRESS, "name": NAME}})
_UNSENT = msgspec.json.encode({"unsent": Unsent("n", "lobby", "hello", 1)})
_EDIT = (
    b'{"change":{"nonce":"c","command":{"type":"edit","room":"a","seq":1,"text":"x"},"said_at":1}}'
)
_GIF = (
    b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\0\0\0\0\0"
    b",\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"
)
_PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0:~\x9bU"
    b"\0\0\0\x04tEXta\0bc\x01\x02\x03\x04\0\0\0\0IEND\xaeB`\x82"
)
_WEBP = b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\x0c\0\0\0\0\0\0\0\0\0EXIF\0\0\0\0"
_JPEG = (
    b"\xff\xd8\xff\xe1\0\x08Exif\0\0\xff\xdb\0\x03\0"
    b"\xff\xda\0\x02\x01\xff\0\x02\xff\xd0\xff\xd9rest"
)


def _tar(name: str, content: bytes, format_: int) -> bytes:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    with io.BytesIO() as file:
        with tarfile.open(fileobj=file, mode="w", format=format_) as archive:
            archive.addfile(member, io.BytesIO(content))
        return file.getvalue()[:2048]


TARGETS = (
    Target("config", read_config, (print_config().encode(), b"[limits]\ntext_bytes_max = 1e9\n")),
    Target("settings", read_settings, (b'theme = "x"\n[keys]\nquit = "ctrl+q"\n', b"a.b = [1]\n")),
    Target(
        "profile",
        read_profile,
        (
            b'{"version":1,"name":"ann","panes":{"people":true},"servers":{"127.0.0.1:1234":{}}}',
            b'{"version":99}',
        ),
    ),
    Target(
        "journal",
        read_journal,
        (
            b"\n".join((_OWNER, _UNSENT, _EDIT, b"")),
            b"\n".join((_OWNER, _UNSENT, b'{"done":"n"}', b'{"unsent":{"nonce":"m","ro')),
        ),
    ),
    Target(
        "import",
        read_import,
        (
            b'\x00{"type":"message","room":"a","seq":1,"prev":0,"from":"b","at":1,"text":"x"}\n',
            b'\x01{"channel":{"name":"a"},"messages":[{"timestamp":"2026-01-02T03:04:05+00:00",'
            b'"content":"x","author":{"name":"b"}}]}',
            b"\x02--- Log opened Mon Jan 05 10:00:00 2026\n10:01 <@ann> hi\n10:02  * ben waves\n",
            b"\x022026-01-05 10:01:00\tann\thello\n2026-01-05 10:02:00\t-->\tben joined\n",
        ),
    ),
    Target(
        "tape",
        read_tape,
        (
            _tar("hubbub/hubbub.db", b"SQLite format 3", tarfile.USTAR_FORMAT),
            _tar("hubbub/hubbub.db", b"x" * 600, tarfile.PAX_FORMAT),
            _tar("hubbub/../" + "a" * 120, b"", tarfile.GNU_FORMAT),
            _tar("hubbub/" + "é" * 120, b"", tarfile.PAX_FORMAT),
        ),
    ),
    Target(
        "picture",
        read_picture,
        (b"\0" + _JPEG, b"\x01" + _PNG, b"\x02" + _WEBP, b"\x02" + _WEBP[:27], b"\x03" + _GIF),
    ),
    Target("row", read_row, (f'["{checksum_of(BODY)}",'.encode() + BODY + b"]", b'["",[]]')),
)
