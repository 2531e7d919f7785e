"""`durability = "power"` holds for a stream only if each of its servers syncs always."""

import asyncio
from pathlib import Path

import pytest
from bench.peers.nats_server import NatsServer

from hubbub.chat.errors import LogError
from hubbub.log.jetstream import JetStreamLog
from hubbub.log.jetstream.syncing import check_syncing
from tests.log.drafts import said, until
from tests.log.nats_servers import servers


async def join(folder: Path, running: list[NatsServer], monitors: list[str] | None) -> None:
    log = await JetStreamLog.join(
        folder,
        [server.address for server in running],
        "hubbub",
        durability="power",
        monitors=monitors,
        replicas=len(running),
    )
    await log.append([said()])
    await log.close()


def test_power_is_refused_unless_the_server_is_known_to_sync_always(tmp_path: Path) -> None:
    async def scene() -> None:
        with servers(tmp_path) as running:
            with pytest.raises(LogError, match=r"Whether n0 syncs always, .* is not known"):
                await join(tmp_path / "a", running, [])
            with pytest.raises(LogError, match="n0 syncs now and then"):
                await join(tmp_path / "a", running, [running[0].monitor])
            with pytest.raises(LogError, match="cannot be asked at http://127"):
                await join(tmp_path / "a", running, ["http://127.0.0.1:9"])
            for odd in ("", "127.0.0.1:9", running[0].monitor + "/nowhere"):
                with pytest.raises(LogError, match="cannot be asked"):
                    await join(tmp_path / "a", running, [odd])
            await join(tmp_path / "a", running, None)  # it was stated

    asyncio.run(scene())


def test_power_holds_where_all_servers_sync_always(tmp_path: Path) -> None:
    async def scene() -> None:
        with servers(tmp_path, 3, sync="always") as running:
            monitors = [server.monitor for server in running]

            async def are_together() -> bool:
                try:
                    await join(tmp_path / "a", running, None)
                except LogError:
                    return False
                return True

            await until(are_together)
            await join(tmp_path / "a", running, monitors)
            with pytest.raises(LogError, match=r"Whether n2 syncs always"):
                await join(tmp_path / "a", running, monitors[:2])
            with pytest.raises(LogError, match=r"Whether n7 syncs always"):
                await check_syncing(["n0", "n7"], monitors)

    asyncio.run(scene())
