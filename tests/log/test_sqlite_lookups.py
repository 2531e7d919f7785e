"""Looking up in the SQLite log: where it is damaged or locked, and what an older log has of it."""

import asyncio
import shutil
import sqlite3
import threading
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from hubbub.chat.errors import Damaged, LogError
from hubbub.chat.events import NOTHING
from hubbub.chat.leads import of_device, of_looks
from hubbub.log.sqlite import SqliteLog, lookups, sound
from hubbub.log.sqlite.facts import number_of
from hubbub.log.sqlite.rebuilding import rebuilt
from hubbub.log.sqlite.survey import opened as read_only
from hubbub.log.sqlite.survey import surveyed
from tests.faults.damaging import damaged
from tests.log.drafts import fact, person, said, told

Play = Callable[[Callable[[SqliteLog], Awaitable[None]]], None]

PEOPLE = Path(__file__).parent / "formats" / "people"


async def change(log: SqliteLog, statement: str) -> None:
    await log._writing.run(lambda db: db.execute(statement))


def found(log: SqliteLog, lead: str) -> list[str]:
    return [one.key for one in log.led_to(lead, 9)]


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE facts SET body = replace(body, 'ann', 'eve') WHERE key = 'person/1'",
        "UPDATE facts SET body = CAST(x'ff' AS TEXT) WHERE key = 'person/1'",
        "UPDATE facts SET key = 'person/1' WHERE key = 'person/3'",
    ],
)
def test_what_is_damaged_is_told_and_never_taken_for_nobody(play_sqlite: Play, damage: str) -> None:
    async def scene(log: SqliteLog) -> None:
        await log.append([person("1", "ann", "x"), person("2", "bob", "y")])
        if "person/3" in damage:
            await log.append([fact("person/1", NOTHING), person("3", "ann", "x")])
        await change(log, damage)
        with pytest.raises(Damaged, match="hubbub check"):
            log.look_up(["person/1"])
        assert [one.key for one in log.look_up(["person/2"])] == ["person/2"]
        assert found(log, of_device("y")) == ["person/2"]
        assert len(log.damage) == 1
        if "person/3" not in damage:
            with pytest.raises(Damaged, match="hubbub check"):
                log.led_to(of_device("x"), 1)
            assert len(log.damage) == 2

    play_sqlite(scene)


@pytest.mark.parametrize("most", [1, 2])
def test_where_leads_are_damaged_a_few_people_are_gone_through(
    play_sqlite: Play, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(lookups, "GONE_THROUGH_MAX", most)

    async def scene(log: SqliteLog) -> None:
        await log.append([person("1", "ann", "x"), person("2", "bob", "y")])
        await log._writing.run(lambda db: db.execute("DROP TABLE found_by"))
        if most < 2:
            with pytest.raises(Damaged):
                log.led_to(of_device("x"), 9)
            return
        assert found(log, of_device("x")) == ["person/1"]
        assert found(log, of_device("z")) == []
        assert len(log.damage)

    play_sqlite(scene)


def test_a_lead_to_a_fact_that_is_gone_is_damage(play_sqlite: Play) -> None:
    async def scene(log: SqliteLog) -> None:
        await log.append([person("1", "ann", "x"), person("2", "bob", "y")])
        await log._writing.run(lambda db: db.execute("DROP TRIGGER fact_is_gone"))
        await change(log, "DELETE FROM facts WHERE key = 'person/1'")
        assert found(log, of_device("x")) == []
        assert len(log.damage) == 1
        assert found(log, of_device("y")) == ["person/2"]

    play_sqlite(scene)


def test_who_is_damaged_may_be_forgotten(play_sqlite: Play) -> None:
    async def scene(log: SqliteLog) -> None:
        await log.append([person("1", "ann", "x"), person("2", "bob", "y")])
        await change(log, "DROP TRIGGER fact_is_led_to_otherwise")
        await change(log, "UPDATE facts SET leads = '[1', body = '' WHERE key = 'person/1'")
        await log.append([fact("person/1", NOTHING, expects=1)])
        assert log.look_up(["person/1"]) == []
        assert found(log, of_device("y")) == ["person/2"]

    play_sqlite(scene)


def test_a_lead_that_became_another_leads_to_nobody(play_sqlite: Play) -> None:
    async def scene(log: SqliteLog) -> None:
        await log.append([person("1", "ann", "x"), person("2", "bob", "y")])
        lead = number_of(of_device("x"))
        await change(log, f"UPDATE found_by SET key = 'person/2' WHERE lead = {lead}")
        assert found(log, of_device("x")) == []
        assert found(log, of_looks("bob")[0]) == ["person/2"]

    play_sqlite(scene)


def test_what_is_locked_is_refused_and_found_again_later(
    play_sqlite: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(log: SqliteLog) -> None:
        await log.append([person("1", "ann", "x")])
        connection = log._lookups._connection
        connection.disconnect()
        with (
            closing(sqlite3.connect(tmp_path / "locked.db")) as other,
            monkeypatch.context() as patch,
        ):
            other.execute("BEGIN EXCLUSIVE")
            path = tmp_path / "locked.db"
            patch.setattr(connection, "_opened", lambda: sqlite3.connect(path, timeout=0))
            for _ in range(2):
                with pytest.raises(LogError, match="locked by another program") as raised:
                    log.look_up(["person/1"])
                assert raised.value.code == "log_unavailable"
        assert found(log, of_device("x")) == ["person/1"]
        assert not len(log.damage)

    play_sqlite(scene)


def test_looking_up_goes_on_beside_commits_and_the_index(play_sqlite: Play) -> None:
    async def scene(log: SqliteLog) -> None:
        await log.append([person("1", "ann", "x")])
        is_done = threading.Event()

        def work() -> None:
            while not is_done.is_set():
                sum(range(1000))

        busy = threading.Thread(target=work)
        busy.start()
        try:
            for number in range(50):
                writing = asyncio.create_task(
                    log.append([said("hello"), person("2", f"b{number}")])
                )
                await asyncio.sleep(0)
                assert found(log, of_device("x")) == ["person/1"]
                (it,) = log.look_up(["person/1"])
                assert it.seq == 1
                await writing
                assert found(log, of_looks(f"b{number}")[0]) == ["person/2"]
        finally:
            is_done.set()
            busy.join()

    play_sqlite(scene)


@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_damaged_people_are_found_or_it_is_told(
    play_sqlite: Play, tmp_path: Path, seed: int
) -> None:
    async def before(log: SqliteLog) -> None:
        for number in range(60):
            await log.append([person(str(number), f"guest {number}", f"d{number}")])

    async def after(log: SqliteLog) -> None:
        for number in range(60):
            try:
                assert found(log, of_device(f"d{number}")) == [f"person/{number}"]
                assert [one.key for one in log.look_up([f"person/{number}"])] == [
                    f"person/{number}"
                ]
            except Damaged:
                assert len(log.damage)
            except AssertionError:  # a page with leads or keys that hangs together, but is another
                with read_only(tmp_path / "log") as connection:
                    assert not surveyed(connection).is_whole

    play_sqlite(before)
    path = tmp_path / "log" / "hubbub.db"
    path.write_bytes(damaged(path.read_bytes(), seed))
    with suppress(LogError):  # a sentence says that nothing can be read
        play_sqlite(after)


# Upgrades and repairs.


def check_kept_people(log: SqliteLog) -> None:
    for lead, ids in {
        of_device("x"): ["1"],
        of_device("y"): ["1"],
        of_device("z"): ["2"],
        of_device("v"): [],
        of_looks("b0b")[0]: ["3"],
        of_looks("ann")[0]: ["1"],
        of_looks("Zoë")[0]: ["2"],
        of_looks("gone")[0]: [],
    }.items():
        assert found(log, lead) == [f"person/{id_}" for id_ in ids], lead
    assert [one.key for one in log.guests(9)] == ["person/1", "person/3"]


@pytest.mark.parametrize("version", sorted(path.stem for path in PEOPLE.glob("*.db")))
def test_people_of_a_kept_log_are_found(play_sqlite: Play, tmp_path: Path, version: str) -> None:
    async def upgraded(log: SqliteLog) -> None:
        check_kept_people(log)
        (bob,) = log.look_up(["person/3"])
        await log.append([person("3", "rob", "w")])
        assert found(log, of_looks("bob")[0]) == []
        assert found(log, of_device("w")) == ["person/3"]
        assert told([bob])[0][1] == 6

    (tmp_path / "log").mkdir()
    shutil.copy(PEOPLE / f"{version}.db", tmp_path / "log" / "hubbub.db")
    play_sqlite(upgraded)
    with read_only(tmp_path / "log") as connection:
        assert surveyed(connection).is_whole


def test_what_is_damaged_when_a_log_is_upgraded_leads_to_nobody(
    play_sqlite: Play, tmp_path: Path
) -> None:
    (tmp_path / "log").mkdir()
    path = tmp_path / "log" / "hubbub.db"
    shutil.copy(PEOPLE / "12.db", path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE facts SET body = CAST(x'ff' AS TEXT) WHERE key = 'person/1'")

    async def upgraded(log: SqliteLog) -> None:
        assert [one.key for one in log.guests(9)] == ["person/3"]
        assert found(log, of_device("z")) == ["person/2"]
        with pytest.raises(Damaged):
            log.look_up(["person/1"])

    play_sqlite(upgraded)


def test_other_rules_void_what_led_to_people(
    play_sqlite: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def before(log: SqliteLog) -> None:
        await log.append([person("1", "ann", "x"), said(), person("2", "bob", "y")])

    async def after(log: SqliteLog) -> None:
        assert found(log, "by other rules") == ["person/2", "person/1"]

    async def again(log: SqliteLog) -> None:
        assert found(log, of_device("x")) == ["person/1"]
        assert found(log, "by other rules") == []

    play_sqlite(before)
    with monkeypatch.context() as patch:
        patch.setattr(sound, "rules", lambda: "other")
        for module in ("sound", "lookups"):
            patch.setattr(f"hubbub.log.sqlite.{module}.leads_to", lambda _: ["by other rules"])
        play_sqlite(after)
    play_sqlite(again)


def test_what_leads_to_people_is_noted_once(play_sqlite: Play, tmp_path: Path) -> None:
    async def before(log: SqliteLog) -> None:
        await log.append([person("1", "ann", "x")])

    async def after(log: SqliteLog) -> None:
        changes: list[str] = []
        db = sqlite3.connect(tmp_path / "log" / "hubbub.db", isolation_level=None)
        with closing(db):
            db.set_trace_callback(changes.append)
            sound.keep_leads(db)
        assert changes == [sound._LEAD_RULES]
        assert found(log, of_device("x")) == ["person/1"]

    play_sqlite(before)
    play_sqlite(after)


def test_a_check_finds_what_leads_to_nobody_and_repairs_it(
    play_sqlite: Play, tmp_path: Path
) -> None:
    async def before(log: SqliteLog) -> None:
        await log.append([person("1", "ann", "x"), said(), person("2", "bob", "y")])
        await change(log, "DELETE FROM found_by WHERE key = 'person/1'")
        assert found(log, of_device("x")) == []

    async def after(log: SqliteLog) -> None:
        assert found(log, of_device("x")) == ["person/1"]
        assert found(log, of_device("y")) == ["person/2"]
        assert [one.key for one in log.guests(9)] == ["person/1", "person/2"]

    play_sqlite(before)
    with read_only(tmp_path / "log") as connection:
        survey = surveyed(connection)
        assert survey.structure == ["people are not found by all that leads to them"]
        assert not survey.is_whole
        rebuilt(connection, survey.missing, tmp_path / "log")
    play_sqlite(after)
    with read_only(tmp_path / "log") as connection:
        assert surveyed(connection).is_whole
