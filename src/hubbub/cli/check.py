"""`hubbub check`: what is whole of a folder's log; repairs and saves what can be read of it."""

import sys
from itertools import chain
from pathlib import Path

from hubbub.chat.errors import LogError
from hubbub.chat.events import Missing
from hubbub.chat.rules import ROOM, may_be_private
from hubbub.cli.checked_files import CheckedFiles, checked_files
from hubbub.cli.output import reader_may_leave, show
from hubbub.cli.transcript import lost
from hubbub.log.sqlite.folder import claimed
from hubbub.log.sqlite.rebuilding import rebuilt
from hubbub.log.sqlite.schema import FORMAT
from hubbub.log.sqlite.survey import Survey, opened, standing_facts, surveyed, told
from hubbub.wire.codec import encode


def check(folder: Path, *, repair: bool, export: Path | None) -> None:
    """Say what is whole; end with 1 if something is damaged, and was not repaired.

    Raises LogError if a server uses the folder, or if nothing can be read.
    """
    with claimed(folder) as claim, opened(folder) as connection:
        lost_wal = claim.lost_wal
        survey = surveyed(connection)
        is_whole = survey.is_whole and not lost_wal
        files = CheckedFiles([], are_whole=True)
        if survey.version == FORMAT:
            files = checked_files(connection, folder)
        with reader_may_leave():
            for line in (*survey_lines(survey, lost_wal, folder), *files.sentences):
                show(line)
        if export is not None:
            with export.open("wb") as file:
                events = chain(told(connection), standing_facts(connection))
                file.writelines(encode(event) + b"\n" for event in events)
            show(f"What can be read is in {export}, a line of JSON for each event.")
        if repair and not is_whole:
            if not (survey.events or survey.facts):
                raise LogError(
                    f"The log in {folder} cannot be made anew: nothing can be read of it. Put the "
                    "folder back from a backup, or move it away to begin anew."
                )
            kept = rebuilt(connection, survey.missing + survey.known, folder)
            claim.lost_wal = ""
            show(f"The log was made anew from what can be read. The damaged file is {kept}.")
            is_whole = True
    if not (is_whole and files.are_whole):
        sys.exit(1)


def survey_lines(survey: Survey, lost_wal: str, folder: Path) -> list[str]:
    """Return what to say of the log in a folder."""
    rooms = "1 room" if len(survey.ends) == 1 else f"{len(survey.ends)} rooms"
    facts = f", and {survey.facts} facts about people and rooms" if survey.facts else ""
    lines = [
        f"The log in {folder}: {survey.events} events in {rooms}, {survey.messages} of them "
        f"messages{facts}; {survey.size_bytes} bytes, format {survey.version}."
    ]
    if survey.known:
        lines += ["This was missing when the log was made anew, and a backup alone may have it:"]
        lines += [_lost(part) for part in survey.known]
    if survey.is_whole and not lost_wal:
        return [*lines, "All else is whole." if survey.known else "It is whole."]
    if lost_wal:
        lines.append(f"The newest messages may be missing: {lost_wal}.")
    lines += [_lost(part) for part in survey.missing]
    lines += map(_lost_fact, survey.lost)
    lines += [f"The file's structure is damaged: {line}." for line in survey.structure]
    if survey.index_fault:
        lines.append(f"The search index is damaged: {survey.index_fault}.")
    return [
        *lines,
        f"'hubbub check {folder} --export FILE' writes what can be read to a file; with --repair, "
        "a new log is made of it.",
    ]


def _lost_fact(key: str) -> str:
    sentence = f"The fact '{key}' cannot be read."
    if may_be_private(key):
        room = key.removeprefix(ROOM)
        sentence += f" If the room '{room}' was private, it stays so, and lets nobody in."
    return sentence


def _lost(part: Missing) -> str:
    return lost(part.room, part.after, part.upto)
