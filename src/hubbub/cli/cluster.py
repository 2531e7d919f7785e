"""`hubbub admin cluster`: a chatroom of one machine becomes a stream, or the other way around."""

import asyncio
from collections.abc import AsyncIterator
from importlib.util import find_spec
from pathlib import Path

from hubbub.chat.errors import ConfigError
from hubbub.cli.output import show
from hubbub.log.sqlite import Projection
from hubbub.server.config import ClusterSection, Config, check_cluster
from hubbub.server.files.common import Common
from hubbub.server.files.store import Store


def bring(folder: Path, section: ClusterSection) -> None:
    """Make a stream of the log in a folder, and say so. Raises ConfigError or LogError."""
    check_cluster(Config(cluster=section))
    _check_client()
    from hubbub.log.jetstream import moving
    from hubbub.server.clustering.files import opened_bucket

    stream, files = section.stream, _files(folder)

    async def go() -> int:
        return await moving.bring(
            folder,
            section.servers,
            stream,
            section.replicas,
            files=files,
            credentials=section.credentials,
            bucket=await opened_bucket(section),
        )

    last = asyncio.run(go())
    show(f"The log in {folder}, up to seq {last}, goes on as the stream '{stream}'.")
    show("The folder is that of a node now. Other nodes begin with a copy of it.")


def take_back(folder: Path, section: ClusterSection) -> None:
    """Make a folder that of one machine, and say so. Raises ConfigError or LogError."""
    check_cluster(Config(cluster=section))
    _check_client()
    from hubbub.log.jetstream import moving
    from hubbub.server.clustering.files import opened_bucket

    stream = section.stream
    missing: list[str] = []

    async def bring_files(node: Projection) -> None:
        missing.extend([hash_ async for hash_ in _missing(node, folder)])

    async def go() -> int:
        return await moving.take_back(
            folder,
            section.servers,
            stream,
            bring_files,
            credentials=section.credentials,
            bucket=await opened_bucket(section),
        )

    last = asyncio.run(go())
    show(f"{folder} holds all of the stream '{stream}', up to seq {last}.")
    for hash_ in missing:
        show(f"The file {hash_} is missing: neither the folder nor the servers have it.")
    show(f"It is the folder of one machine now: hubbub serve --data {folder}")


def _files(folder: Path) -> list[Path]:
    """Return the paths of the files in a folder, and of their previews."""
    store = Store(folder)
    places = [place for hash_ in {*store.hashes()} for place in _places(store, hash_)]
    return [place for place in places if place.is_file()]


def _places(store: Store, hash_: str) -> tuple[Path, Path]:
    return store.object(hash_), store.preview(hash_)


async def _missing(node: Projection, folder: Path) -> AsyncIterator[str]:
    """Bring the files that a node's folder lacks; yield the hashes of those that are nowhere."""
    assert node.objects is not None, "a node has files in common with others"
    store = Store(folder)
    common = Common(node.objects, store, node)
    for hash_ in await node.files():
        for place in _places(store, hash_):
            is_here = place.is_file() or await common.bring(place)
            if not is_here and place.name == hash_:
                yield hash_


def _check_client() -> None:
    if find_spec("nats") is None:
        raise ConfigError(
            "This hubbub has no client of NATS. Install it with pip install '.[cluster]', in its "
            "checkout."
        )
