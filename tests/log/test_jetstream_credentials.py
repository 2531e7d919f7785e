"""NATS servers that ask for credentials get them from a file."""

import asyncio
from pathlib import Path

import pytest

from hubbub.chat.errors import LogError
from hubbub.log.jetstream import JetStreamLog, link
from tests.cli.commands import told
from tests.log.drafts import all_of, said
from tests.log.nats_credentials import make_credentials
from tests.log.nats_servers import servers


def test_nodes_and_commands_give_the_credentials_that_servers_ask_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "OPEN_SECONDS", 3)
    folder, file = tmp_path / "node", tmp_path / "node.creds"

    async def scene(address: str) -> None:
        with pytest.raises(LogError, match="Authorization"):
            await JetStreamLog.join(folder, [address], "s")
        node = await JetStreamLog.join(folder, [address], "s", credentials=str(file))
        await node.append([said("hi")])
        assert len(await all_of(node, "lobby")) == 1
        await node.close()

    with servers(tmp_path, login=make_credentials(file)) as (server,):
        asyncio.run(scene(server.address))
        export = ("admin", "cluster", "export", str(folder), server.address, "--stream", "s")
        assert "holds all of the stream 's'" in told(*export, "--credentials", str(file))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "garbage",
        "-----BEGIN USER NKEY SEED-----\nSUAB\n",
        "-----BEGIN NATS USER JWT-----\na\n---\n-----BEGIN USER NKEY SEED-----\nSUAB\n",
    ],
)
def test_a_file_without_credentials_is_named_in_a_sentence(tmp_path: Path, text: str) -> None:
    file = tmp_path / "node.creds"
    file.write_text(text)
    join = JetStreamLog.join(tmp_path, ["nats://127.0.0.1:1"], "s", credentials=str(file))
    with pytest.raises(LogError, match=r"node\.creds holds no credentials"):
        asyncio.run(join)
