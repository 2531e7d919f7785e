"""The commands of `hubbub admin cluster`. What they do is imported when they run."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import click

from hubbub.chat.errors import ConfigError
from hubbub.cli.declaring import Argument, Option, command, group
from hubbub.cli.options import examples, of_text


def _of_servers(addresses: Sequence[str]) -> Sequence[str]:
    from hubbub.server.config import check_nats_addresses

    try:
        check_nats_addresses(of_text(addresses))
    except ConfigError as error:
        raise click.BadParameter(str(error)) from None
    return addresses


app = group(
    "cluster", help="Move a chatroom from one machine to a stream of NATS JetStream, and back."
)


@dataclass(frozen=True)
class Stream:
    """A stream, and where the files of its nodes are: as in the `[cluster]` section."""

    servers: Annotated[
        tuple[str, ...],
        Argument(
            metavar="SERVER...",
            check=_of_servers,
            help="Addresses of NATS servers of the stream, as nats://n1:4222.",
        ),
    ]
    stream: Annotated[str, Option(check=of_text, help="The name of the stream.")] = "hubbub"
    credentials: Annotated[
        str, Option(check=of_text, help="A file with credentials for the NATS servers.")
    ] = ""
    files: Annotated[
        str,
        Option(
            metavar="s3://BUCKET/PREFIX",
            check=of_text,
            help="The bucket of the nodes' files, if they are not with the NATS servers. The key "
            "for it is AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment.",
        ),
    ] = ""
    files_endpoint: Annotated[
        str, Option(metavar="URL", check=of_text, help="Where that store is.")
    ] = ""
    files_region: Annotated[
        str, Option(metavar="REGION", check=of_text, help="The bucket's region.")
    ] = ""


@command(
    app,
    "import",
    epilog=examples(
        "hubbub admin cluster import /var/lib/hubbub nats://127.0.0.1:4222",
        "hubbub admin cluster import /var/lib/hubbub nats://n1:4222 nats://n2:4222 --replicas 3",
    ),
)
def import_(
    folder: Annotated[Path, Argument(help="The folder of a server that is stopped.")],
    stream: Stream,
    *,
    replicas: Annotated[
        int, Option(between=(1, 5), help="How many of the servers keep the stream.")
    ] = 1,
) -> None:
    """Make a stream that goes on where the log in FOLDER ends.

    All that was said, people and files stay. The folder is that of a node afterwards; other nodes
    begin with a copy of it.
    """
    from hubbub.cli.cluster import bring
    from hubbub.server.config import ClusterSection

    bring(folder, ClusterSection(**asdict(stream), replicas=replicas))


@command(
    app,
    epilog=examples(
        "hubbub admin cluster export /var/lib/hubbub nats://127.0.0.1:4222",
        "hubbub admin cluster export ./back nats://n1:4222 nats://n2:4222 --stream chat",
    ),
)
def export(
    folder: Annotated[
        Path,
        Argument(help="The folder of a node that is stopped, or a new one."),
    ],
    stream: Stream,
) -> None:
    """Make FOLDER that of one machine, with all that the stream holds now.

    Stop the nodes first: what is said in the stream afterwards is not in the folder.
    """
    from hubbub.cli.cluster import take_back
    from hubbub.server.config import ClusterSection

    take_back(folder, ClusterSection(**asdict(stream)))
