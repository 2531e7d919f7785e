"""How a folder becomes a node's: the stream is found or made, and goes on where the folder ends."""

from pathlib import Path

from hubbub.chat.errors import LogError
from hubbub.log.epochs import begun_at
from hubbub.log.jetstream.link import Link, Stream, check_is_same, patiently
from hubbub.log.jetstream.pieces import number_of
from hubbub.log.sqlite import Projection


async def found_for(copy: Projection, folder: Path, link: Link, replicas: int) -> Stream:
    """Return the stream of which `copy`, kept in `folder`, is a beginning; it is made if need be.

    Raises LogError if the folder holds another log, or one that ends before the stream begins.
    """
    found = await patiently(link.stream_found)
    if found is None:
        found = await patiently(lambda: link.stream_made(replicas, [begun_at(0)]))
        found = found or await link.stream_found()  # another node made it just now
        assert found is not None, "it was made"
    if not await copy.keep_epochs(found.epochs):
        raise LogError(
            f"The folder {folder} holds another log than the stream '{link.stream}'. "
            "Choose an empty folder, or one that a node of it used."
        )
    if found.state.last_seq <= found.behind:
        behind = found.behind
        await patiently(lambda: link.begin(behind))
    newest = number_of(copy.last)
    if found.first > newest + 1:
        raise LogError(
            f"The stream '{link.stream}' begins at its message {found.first}, and the folder "
            f"{folder} ends before that. Restore a backup of another node into the folder, and "
            "start again."
        )
    check_is_same(found, found.epochs, newest)
    return found
