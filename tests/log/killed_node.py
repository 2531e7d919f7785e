"""A node that appends, edits and tells of each append, until it is killed."""

import asyncio
import sys
from pathlib import Path

from hubbub.log.jetstream import JetStreamLog
from tests.log.drafts import edited, said


async def run(folder: Path, address: str, stream: str) -> None:
    log = await JetStreamLog.join(folder, [address], stream)
    number = 0
    while True:
        given = await log.append(
            [said(f"before {number}", nonce=f"{folder.name} {number}"), said(room="den")]
        )
        await log.append([edited(given[0], f"after {number}")])
        print(number, *given, flush=True)
        number += 1


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
