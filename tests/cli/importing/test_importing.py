"""`hubbub import`: names and times are kept, it is marked, and nothing is doubled."""

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from hubbub.chat.events import Message
from hubbub.chat.facts import fact_of
from hubbub.chat.rules import Rules
from hubbub.server.config import Config, ServerSection
from hubbub.testing import serving
from hubbub.wire.codec import encode
from tests.cli.commands import hubbub, refused, told
from tests.cli.importing.exports import DISCORD, IRSSI, SLACK, WEECHAT


def config(data: Path) -> Config:
    return Config(server=ServerSection(data=str(data)))


def said_in(data: Path, room: str) -> list[dict[str, object]]:
    with serving(config(data)) as server:
        lines = told("history", server.address, "--room", room, "--json", "--limit", "200")
    return [json.loads(line) for line in lines.splitlines()]


def write_slack(folder: Path) -> Path:
    for name, text in SLACK.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(text), "utf-8")
    return folder


def imported(data: Path, *arguments: str) -> list[str]:
    return told("import", *arguments, "--data", str(data)).splitlines()


def test_slack(tmp_path: Path) -> None:
    folder, data = write_slack(tmp_path / "export"), tmp_path / "data"
    assert imported(data, "slack", str(folder)) == [
        "general: 4 messages imported.",
        "random: 1 message imported.",
    ]
    first, second, answer, deed = said_in(data, "general")
    assert (first["from"], first["text"], first["imported"]) == (
        "Ann Lee",
        "hello @ben, see https://example.org/a & more",
        "slack",
    )
    assert "person" not in first
    assert first["at"] == 1_577_880_000_000
    assert first["reactions"] == {":wave:": ["ben"]}
    assert second["text"] == "plan.pdf https://files.example.org/plan.pdf"
    assert (answer["reply_to"], answer["from"], answer["edited"]) == (
        first["seq"],
        "ben",
        1_577_966_460_000,
    )
    assert (deed["text"], deed["me"]) == ("waves", True)


def test_a_zip_is_as_good_as_its_folder_and_is_passed_over_then(tmp_path: Path) -> None:
    folder, data = write_slack(tmp_path / "export"), tmp_path / "data"
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        for name in SLACK:
            archive.write(folder / name, name)
    imported(data, "slack", str(tmp_path / "export.zip"))
    before = said_in(data, "general")
    assert imported(data, "slack", str(folder)) == [
        "Nothing is new.",
        "5 messages had been imported before.",
    ]
    assert said_in(data, "general") == before


@pytest.mark.parametrize("is_unknown", [False, True], ids=["damaged", "packed in another way"])
def test_a_zip_that_cannot_be_unpacked_is_said(tmp_path: Path, *, is_unknown: bool) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("channels.json", json.dumps([{"name": "x" * 1000}]))
    raw = bytearray(path.read_bytes())
    if is_unknown:
        raw[8] = raw[raw.index(b"PK\x01\x02") + 10] = 97
    else:
        raw[30 + len("channels.json")] = 0xFF
    path.write_bytes(raw)
    said = refused("import", "slack", str(path), "--data", str(tmp_path / "data"))
    assert "export.zip cannot be read" in said


def test_a_time_that_no_clock_has_is_one_that_the_log_takes(tmp_path: Path) -> None:
    folder, data = write_slack(tmp_path / "export"), tmp_path / "data"
    (folder / "general" / "2030-01-01.json").write_text(
        json.dumps(
            [
                {"ts": "9e20", "user": "U1", "text": "late"},
                {"ts": "1577880009", "user": "U1", "text": "early", "edited": {"ts": "-5"}},
            ]
        ),
        "utf-8",
    )
    imported(data, "slack", str(folder))
    assert {"late", "early"} <= {one["text"] for one in said_in(data, "general")}


def test_discord(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (tmp_path / "d.json").write_text(json.dumps(DISCORD), "utf-8")
    assert imported(data, "discord", str(tmp_path / "d.json")) == [
        "off-topic: 2 messages imported."
    ]
    first, second = said_in(data, "off-topic")
    assert (first["from"], first["imported"], first["pinned"]) == ("Käthe", "discord", True)
    assert first["text"] == "look\ncat.png https://cdn.example.org/cat.png"
    assert first["reactions"] == {"👍": ["ben"]}
    assert (second["reply_to"], second["from"]) == (first["seq"], "ben")


@pytest.mark.parametrize(
    ("name", "log"), [("irc.libera.#python.weechatlog", WEECHAT), ("#python.log", IRSSI)]
)
def test_irc(name: str, log: str, tmp_path: Path) -> None:
    data, path = tmp_path / "data", tmp_path / name
    path.write_text(log, "utf-8")
    arguments = ("irc", str(path), "--zone", "+01:00")
    assert imported(data, *arguments) == ["python: 4 messages imported."]
    said = said_in(data, "python")
    assert [(one["from"], one["text"], one.get("me")) for one in said] == [
        ("ann", "hello", None),
        ("ben", "waves", True),
        ("ann", "hello", None),
        ("cleo", "the next day", None),
    ]
    noon = datetime(2020, 1, 1, 11, tzinfo=UTC).timestamp() * 1000
    assert [one["at"] for one in said[:2]] == [noon, noon]
    path.write_text(log + log.splitlines()[-1] + "\n", "utf-8")  # it has grown
    assert imported(data, *arguments)[0] == "python: 1 message imported."
    assert len(said_in(data, "python")) == 5


def what_stays(lines: str) -> list[dict[str, object]]:
    """Return exported messages without what is another log's, or is lost on purpose."""
    other = {"seq", "prev", "imported", "person", "nonce"}
    return [
        {key: value for key, value in json.loads(line).items() if key not in other}
        for line in lines.splitlines()
    ]


def test_our_own_export_is_the_same_after_an_import(tmp_path: Path) -> None:
    with serving(config(tmp_path / "one")) as server:
        for text in ("first", "zwei 今天", "*three* `code`"):
            told("send", server.address, "--name", "ann", text)
        told("send", server.address, "--name", "ben", "--room", "den", "/me waves")
        exported = told("export", server.address, "--format", "json")
    assert exported.count("\n") == 4
    saved = tmp_path / "saved.jsonl"
    for folder in ("two", "three"):
        saved.write_text(exported, "utf-8")
        assert imported(tmp_path / folder, "hubbub", str(saved)) == [
            "den: 1 message imported.",
            "lobby: 3 messages imported.",
        ]
        with serving(config(tmp_path / folder)) as server:
            again = told("export", server.address, "--format", "json")
        assert what_stays(again) == what_stays(exported)
        assert all(json.loads(line)["imported"] == "hubbub" for line in again.splitlines())
        exported = again


def test_of_our_own_files_their_names_are_told(tmp_path: Path) -> None:
    list_ = tmp_path / "list.txt"
    list_.write_text("soup, salt, bread", "utf-8")
    with serving(config(tmp_path / "one")) as server:
        told("send", server.address, "--name", "ann", "--file", str(list_), "for dinner")
        exported = told("export", server.address, "--format", "json")
    saved = tmp_path / "saved.jsonl"
    saved.write_text(exported, "utf-8")
    imported(tmp_path / "two", "hubbub", str(saved))
    (message,) = said_in(tmp_path / "two", "lobby")
    assert message["text"] == "for dinner\nlist.txt (17 bytes)"


def test_private_rooms_are_left_out_where_the_file_says_which_they_are(tmp_path: Path) -> None:
    message = Message(room="den", seq=3, prev=0, sender="ann", at=5, text="among us")
    rules = Rules(private=True, owner="a", members=("a",))
    private = replace(fact_of("room/den", rules, by="", at=1), seq=2)
    events = (message, replace(message, room="lobby", seq=4, text="to all"), private)
    saved = tmp_path / "saved.jsonl"
    saved.write_bytes(b"".join(encode(event) + b"\n" for event in events))
    assert imported(tmp_path / "data", "hubbub", str(saved)) == [
        "lobby: 1 message imported.",
        "1 message left out, without a text or said in private.",
    ]
    assert imported(tmp_path / "data", "hubbub", str(saved), "--room", "ours") == [
        "ours: 2 messages imported."
    ]


def test_imported_names_are_nobodys(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (tmp_path / "#den.log").write_text(IRSSI, "utf-8")
    imported(data, "irc", str(tmp_path / "#den.log"))
    with serving(config(data)) as server:
        lines = told("history", server.address, "--room", "den", "--no-time", "--no-seq")
        assert lines.splitlines()[0] == "ann > (from irc) hello"


def test_what_cannot_be_imported_is_said(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (tmp_path / "empty").mkdir()
    (tmp_path / "x.json").write_text("{", "utf-8")
    (tmp_path / "#x.log").write_text("nothing like a log\n", "utf-8")
    (tmp_path / "nameless.log").write_text(IRSSI, "utf-8")
    for source, name, sentence in (
        ("slack", "empty", "has no channels.json"),
        ("discord", "x.json", "is not what such an export has there"),
        ("hubbub", "x.json", "line 1 is no message"),
        ("irc", "#x.log", "line 1 is neither"),
        ("irc", "nameless.log", "Name the room with --room"),
        ("slack", "gone", "cannot be read: No such file"),
        ("hubbub", "gone", "cannot be read"),
    ):
        assert sentence in refused("import", source, str(tmp_path / name), "--data", str(data))
    assert hubbub("import", "icq", "x").returncode == 2
    with serving(config(data)):
        sentence = refused("import", "irc", str(tmp_path / "#x.log"), "--data", str(data))
        assert "line 1 is neither" in sentence
