"""`hubbub import` into a server that runs: people go on talking, and nothing is lost or doubled."""

import asyncio
import json
import random
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from hubbub.chat.events import Message
from hubbub.client import connect
from hubbub.server.config import Config, ServerSection
from hubbub.testing import LocalServer, serving
from hubbub.wire.codec import encode
from tests.cli.commands import PATIENCE_SECONDS, end_all, refused, started, told
from tests.cli.importing.exports import SLACK
from tests.cli.importing.test_importing import imported, said_in, write_slack
from tests.faults.serving import ServerProcess
from tests.irc.irc_client import IrcClient
from tests.server.control.asking import Line, ask
from tests.server.event_peer import JSON, EventPeer

BROUGHT = {"room": "den", "from": "ann", "at": 5, "key": "k1", "text": "hello"}
NOON = 1_600_000_000_000


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def server(data: Path) -> Iterator[LocalServer]:
    with serving(Config(server=ServerSection(data=str(data)))) as running:
        yield running


def bring(folder: Path, *messages: JSON, source: str = "slack") -> JSON:
    return ask(folder, type="import", source=source, messages=list(messages))


# What people see of it.


def test_members_hear_what_is_imported_and_go_on_talking(
    server: LocalServer, data: Path, tmp_path: Path
) -> None:
    with EventPeer(server, "cleo", room="general") as cleo:
        first = cleo.say_and_wait("before", room="general")
        imported(data, "slack", str(write_slack(tmp_path / "export")))
        own, *heard = cleo.messages(5)
        assert own["seq"] == first
        assert [one["imported"] for one in heard] == ["slack"] * 4
        assert heard[0]["at"] == 1_577_880_000_000
        seqs = [first, *(one["seq"] for one in heard)]
        assert seqs == sorted(seqs)
        last = cleo.say_and_wait("after", room="general")
        assert last > seqs[-1]
        page = cleo.ask(type="history", room="general")
        assert [one["seq"] for one in page["messages"]] == [*seqs, last]
        assert page["messages"][1]["reactions"] == {":wave:": ["ben"]}


def test_a_cursor_from_before_brings_what_was_imported_and_replicas_agree(
    server: LocalServer, data: Path, tmp_path: Path
) -> None:
    async def scene() -> None:
        async with connect(server.address, name="ann") as ann:
            await ann.join("general")
            before = await ann.say("before", "general")
            arguments = ("slack", str(write_slack(tmp_path / "export")))
            await asyncio.to_thread(imported, data, *arguments)
            async with connect(server.address, name="bob") as bob:
                await bob.join("general", after=before)
                await bob.say("after", "general")
                for chat in (ann, bob):
                    async with asyncio.timeout(PATIENCE_SECONDS):
                        while chat.replicas["general"].messages[-1].text != "after":  # noqa: ASYNC110
                            await asyncio.sleep(0.02)
                own = [one.text for one in ann.replicas["general"].messages]
                assert own[0] == "before"
                assert own[1:] == [one.text for one in bob.replicas["general"].messages]
                assert len(own) == 6

    asyncio.run(scene())


def test_over_irc_it_is_marked_and_no_bot_acts_on_it(server: LocalServer, data: Path) -> None:
    client = IrcClient.named(server.address, "bot", rooms="#den")
    bring(data, {**BROUGHT, "text": "!deploy"})
    line = client.said("NOTICE", "#den")
    assert (line.source.partition("!")[0], line.params) == ("ann", ("#den", "(from slack) !deploy"))
    client.close()


def test_it_stands_in_the_audit_record(server: LocalServer, data: Path, tmp_path: Path) -> None:
    imported(data, "slack", str(write_slack(tmp_path / "export")))
    (entry,) = ask(data, type="history", room="$audit")["messages"]
    assert entry["text"].startswith("began to import from 'slack' (on the server's machine")


def test_a_room_that_was_deleted_meanwhile_begins_anew(server: LocalServer, data: Path) -> None:
    (first,) = bring(data, BROUGHT)["seqs"]
    assert ask(data, type="delete_room", room="den")["type"] == "ok"
    answer = bring(data, {**BROUGHT, "key": "k2", "answers": first})
    page = ask(data, type="history", room="den")
    assert [one["seq"] for one in page["messages"]] == answer["seqs"]
    assert "reply_to" not in page["messages"][0]


def test_an_answer_to_what_is_not_there_answers_nothing(server: LocalServer, data: Path) -> None:
    bring(data, *({**BROUGHT, "key": f"{seq}", "answers": seq} for seq in (0, 1, 2, 2**60)))
    messages = ask(data, type="history", room="den")["messages"]
    assert [one.get("reply_to") for one in messages] == [None] * 4


def test_under_a_legal_hold_nothing_is_deleted(server: LocalServer, data: Path) -> None:
    bring(data, BROUGHT)
    ask(data, type="rules", room="den", held=True)
    more = {**BROUGHT, "key": "k2", "text": "gone there", "pinned": True}
    bring(data, {**BROUGHT, "deleted": True}, {**more, "deleted": True})
    messages = ask(data, type="history", room="den")["messages"]
    assert [one["text"] for one in messages] == ["hello", "(deleted)"]


# Once is enough.


def test_importing_again_doubles_nothing_whatever_people_are_called_by_now(
    data: Path, tmp_path: Path
) -> None:
    folder = write_slack(tmp_path / "export")
    arguments = ("slack", str(folder))
    imported(data, *arguments)
    users = json.loads(json.dumps(SLACK["users.json"]))
    users[0]["profile"]["display_name"] = "Ann Miller"
    (folder / "users.json").write_text(json.dumps(users), "utf-8")
    again = ["Nothing is new.", "5 messages had been imported before."]
    before = said_in(data, "general")
    assert imported(data, *arguments) == again
    with serving(Config(server=ServerSection(data=str(data)))):
        assert imported(data, *arguments) == again
    assert said_in(data, "general") == before


def test_a_channel_that_is_called_otherwise_is_the_same_in_its_room(
    data: Path, tmp_path: Path
) -> None:
    folder = write_slack(tmp_path / "export")
    imported(data, "slack", str(folder))
    channels = json.loads(json.dumps(SLACK["channels.json"]))
    (folder / "channels.json").write_text(json.dumps([{**channels[0], "name": "all"}]), "utf-8")
    (folder / "general").rename(folder / "all")
    assert imported(data, "slack", str(folder), "--room", "general")[0] == "Nothing is new."


def test_what_became_of_a_message_is_brought_later_if_it_is_missing(
    server: LocalServer, data: Path
) -> None:
    (seq,) = bring(data, BROUGHT)["seqs"]
    more = {**BROUGHT, "pinned": True, "reactions": [{"emoji": "x", "names": ["ben", "cleo"]}]}
    with EventPeer(server, "dora", room="den") as dora:
        for _ in range(3):
            assert bring(data, more) == {
                "type": "imported", "seqs": [seq], "new": [False], "ref": "done",
            }  # fmt: skip
        dora.say_and_wait("end", room="den")
        (message, end) = ask(data, type="history", room="den")["messages"]
        assert message["reactions"] == {"x": ["ben", "cleo"]}
        assert message["pinned"]
        assert end["seq"] == seq + 4, "two reactions and a pin, once"
    bring(data, {**more, "deleted": True}, {**BROUGHT, "key": "k3", "deleted": True, "text": ""})
    bring(data, more)
    deleted = [one for one in ask(data, type="history", room="den")["messages"] if one["seq"] > 0]
    assert [one.get("deleted", False) for one in deleted] == [True, False, True]
    assert "reactions" not in deleted[0]


# Who may, and what.


def test_it_is_for_the_server_s_machine_alone(server: LocalServer) -> None:
    with EventPeer(server, "ann") as ann:
        ann.ask(type="identify", device="a" * 22)  # an operator
        answer = ann.ask(type="import", source="slack", messages=[BROUGHT])
        assert answer["code"] == "forbidden"
        assert "hubbub import" in answer["message"]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"room": "$audit"}, "A room cannot be called"),
        ({"room": "Den"}, "'den' is one"),
        ({"from": "hubbub"}, "reserved for the server"),
        ({"from": " ann"}, "'ann' is"),
        ({"text": ""}, "no visible text"),
        ({"text": "a\x1b[31m"}, "control characters"),
        ({"text": "x" * 70_000}, "more than 65,536 bytes"),
        ({"key": "a\nb"}, "bad field"),
        ({"at": -1}, "bad field"),
        ({"answers": 2**63}, "bad field"),
        ({"reactions": [{"emoji": "a b", "names": ["ben"]}]}, "reaction that is no emoji"),
        ({"reactions": [{"emoji": "a", "names": ["hubbub"]}]}, "reserved for the server"),
        (
            {"reactions": [{"emoji": str(n), "names": ["b"] * 999} for n in (1, 2)]},
            "1000 reactions",
        ),
    ],
)
def test_what_cannot_stand_here_is_refused_and_the_sentence_says_why(
    changed: JSON, sentence: str, server: LocalServer, data: Path
) -> None:
    answer = bring(data, BROUGHT, {**BROUGHT, "key": "k2", **changed})
    assert answer["type"] == "error"
    assert sentence in answer["message"]
    assert ask(data, type="history", room="den")["type"] == "error", "and nothing was written"


def test_more_than_fits_into_a_command_is_refused(server: LocalServer, data: Path) -> None:
    answer = bring(data, *({**BROUGHT, "key": str(number)} for number in range(201)))
    assert "bad field" in answer["message"]
    with Line(data) as line:
        assert (
            line.answer(b'{"type":"import","x":"' + b"x" * 2_000_000 + b'"}\n')["code"]
            == "too_long"
        )


def test_of_a_text_too_long_for_one_message_everything_is_there(
    server: LocalServer, data: Path, tmp_path: Path
) -> None:
    """Also what stands where it is divided, and what is so long and has nothing to be seen."""
    text = "x" + "ü" * 40_000 + "\n" * 150_000 + "end"
    said = Message(room="den", seq=1, prev=0, sender="ann", at=NOON, text=text)
    path = tmp_path / "saved.jsonl"
    path.write_bytes(encode(said) + b"\n")
    assert imported(data, "hubbub", str(path)) == ["den: 3 messages imported."]
    pieces = [one["text"] for one in ask(data, type="history", room="den")["messages"]]
    assert "".join(pieces).replace("\n", "") == text.replace("\n", "")


# Killed in the midst of it.

MESSAGES = 4000
KILLS = 4


def export_of(path: Path) -> Path:
    """Write an export with answers, reactions, pins and deletions all through it."""
    with path.open("wb") as file:
        for seq in range(1, MESSAGES + 1):
            message = Message(
                room=("den", "hall")[seq % 2], seq=seq, prev=0, sender=f"p{seq % 7}", at=NOON + seq,
                text=f"text {seq} " + "x" * (seq % 300),
                reply_to=seq - 20 if seq > 20 and seq % 9 == 0 else None,
            )  # fmt: skip
            if seq % 5 == 0:
                message = replace(message, reactions={"👍": ["ann", "ben"]})
            if seq % 11 == 0:
                message = replace(message, pinned=seq % 440 == 0, deleted=seq % 22 == 0)
            file.write(encode(message) + b"\n")
    return path


def until_grown(folder: Path, events: int) -> None:
    """Wait until the log of a server has so many more events."""
    deadline, last = time.monotonic() + PATIENCE_SECONDS, 0
    with Line(folder) as line:
        wanted = line.ask(type="status")["last"] + events
        while last < wanted:
            assert time.monotonic() < deadline
            last = line.ask(type="status")["last"]


def all_of(folder: Path) -> list[JSON]:
    with serving(Config(server=ServerSection(data=str(folder)))) as server:
        lines = told("export", server.address, "--format", "json")
    return [json.loads(line) for line in lines.splitlines()]


def without_seqs(messages: list[JSON]) -> Counter[str]:
    """Return messages as they are whatever their seqs; an answer by what it answers."""
    texts = {one["seq"]: (one["room"], one["at"]) for one in messages}
    places = {"seq", "prev", "reply_to"}
    return Counter(
        json.dumps([{key: one[key] for key in sorted({*one} - places)}, texts.get(answered)])
        for one in messages
        for answered in [one.get("reply_to")]
    )


@pytest.mark.parametrize("victim", ["server", "importer"])
def test_sigkill_at_any_moment_leaves_what_the_next_import_makes_whole(
    victim: str, data: Path, tmp_path: Path
) -> None:
    export, chance = export_of(tmp_path / "saved.jsonl"), random.Random(victim)
    with ServerProcess(data) as server:
        for _ in range(KILLS):
            importer = started("import", "hubbub", str(export), "--data", str(data))
            until_grown(data, chance.randrange(MESSAGES // KILLS))
            if victim == "server":
                server.kill()
                _, errors = importer.communicate(timeout=PATIENCE_SECONDS)
                assert b"Traceback" not in errors
                server.start()
            else:
                importer.kill()
                importer.communicate(timeout=PATIENCE_SECONDS)
        told("import", "hubbub", str(export), "--data", str(data))
        again = told("import", "hubbub", str(export), "--data", str(data))
        assert again.splitlines()[0] == "Nothing is new."
    end_all()
    told("check", str(data))  # else it is not whole
    told("import", "hubbub", str(export), "--data", str(tmp_path / "other"))
    assert without_seqs(all_of(data)) == without_seqs(all_of(tmp_path / "other"))


def test_an_importer_whose_server_ends_says_so(data: Path, tmp_path: Path) -> None:
    export = export_of(tmp_path / "saved.jsonl")
    with ServerProcess(data) as server:
        importer = started("import", "hubbub", str(export), "--data", str(data))
        until_grown(data, 100)
        server.kill()
        try:
            _, errors = importer.communicate(timeout=PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            pytest.fail("it waits for a server that is gone")
    assert importer.returncode == 1
    assert b"The server ended before it answered" in errors
    end_all()
    assert "No server" in refused("admin", "status", "--data", str(data))
