"""Folders as a killed server leaves them."""

import shutil
from pathlib import Path

from hubbub.log.sqlite import SqliteLog
from tests.log.drafts import said


async def killed(folder: Path, *, runs: int = 1, checkpoints: int = 0) -> Path:
    """Return a copy of `folder` as a server leaves it that is killed after some runs."""
    for run in range(runs):
        log = await SqliteLog.open(folder, durability="process")
        for number in range(20):
            await log.append([said(f"{run} {number}")])
        if run == runs - 1:
            for _ in range(checkpoints):
                await log._writing.run(log._writer.empty_wal)
                await log.append([said("since then")])
            left = shutil.copytree(folder, folder.with_name("killed"))
        await log.close()
    assert (left / "hubbub.db-wal").stat().st_size > 0
    return left
