"""Where the nodes of a stream have their files: with the NATS servers, or in a bucket."""

import asyncio
from pathlib import Path

import pytest

from hubbub.log.bucket.chunks import Bucket
from hubbub.log.jetstream import JetStreamLog
from hubbub.log.jetstream.objects import Objects
from hubbub.server.config import ClusterSection
from tests.log.nodes import whole_stream
from tests.log.s3_server import S3Server


def objects_of(log: JetStreamLog) -> Objects:
    """Return the files that a node has in common with others."""
    assert isinstance(log.objects, Objects)
    return log.objects


class FilePlace:
    """The files of a stream; `address` is that of a bucket, if they are in one."""

    def __init__(self, nats: str, stream: str, s3: S3Server | None) -> None:
        self.nats, self.stream = nats, stream
        self._s3 = s3
        self.address = s3.make(stream) if s3 else None

    def bucket(self) -> Bucket | None:
        return None if self.address is None else Bucket(self.address)

    async def joined(self, folder: Path) -> JetStreamLog:
        """Be a node."""
        return await JetStreamLog.join(folder, [self.nats], self.stream, bucket=self.bucket())

    def section(self) -> ClusterSection:
        """Return the settings of a node."""
        if self.address is None:
            return ClusterSection(servers=(self.nats,), stream=self.stream)
        return ClusterSection(
            servers=(self.nats,),
            stream=self.stream,
            files=self.address.where,
            files_endpoint=self.address.endpoint,
            files_key_id=self.address.key_id,
            files_key=self.address.key,
        )

    def said(self) -> bytes:
        """Return all that the NATS servers have of files, one message after the other."""
        return asyncio.run(whole_stream(self.nats, f"OBJ_{self.stream}_files"))

    def all(self) -> bytes:
        """Return all that anybody has of files; of what is in the bucket, the names."""
        names = [] if self._s3 is None else self._s3.keys(self.stream)
        return self.said() + "\n".join(names).encode()


@pytest.fixture(params=["servers", "bucket"])
def place(request: pytest.FixtureRequest, nats: str, stream: str) -> FilePlace:
    """Files with the NATS servers, then in a bucket."""
    s3: S3Server | None = None
    if request.param == "bucket":
        s3 = request.getfixturevalue("s3")
    return FilePlace(nats, stream, s3)
