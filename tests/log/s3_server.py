"""An S3 server for tests, of moto: buckets in the memory of a process on loopback."""

import os
import re
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import pytest
from bench.peers import installed
from bench.ports import free_port

from hubbub.log.bucket.address import BucketAddress

START_SECONDS: Final = 60.0
ASK_SECONDS: Final = 30.0
POLL_SECONDS: Final = 0.1
KEY: Final = "wJalrXUtnFEMI-K7MDENG-bPxRfiCYEXAMPLEKEY"


class S3Server:
    """A server that takes any key, or none if it is `strict`; `start` it, again after `kill`.

    What was in it is gone then.
    """

    def __init__(self, folder: Path, *, strict: bool = False) -> None:
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self._journal = folder / "moto.log"
        self._environment = {"INITIAL_NO_AUTH_ACTION_COUNT": "0"} if strict else {}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = installed.program("moto_server")
        assert program is not None
        with self._journal.open("ab") as journal:
            self._process = subprocess.Popen(
                [program, "--host", "127.0.0.1", "--port", f"{self.port}"],
                env={**os.environ, **self._environment},
                stdout=journal,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + START_SECONDS
        while True:
            with suppress(OSError):
                self.asked("moto-api/data.json")
                return
            said = self._journal.read_text()[-2000:]
            assert self._process.poll() is None, said
            assert time.monotonic() < deadline, said
            time.sleep(POLL_SECONDS)

    def hang(self) -> None:
        """Have it stand still until it is killed: it takes connections, and says nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=START_SECONDS)
            self._process = None

    def asked(self, path: str, method: str = "GET", body: bytes | None = None) -> bytes:
        headers = {"Content-Type": "application/octet-stream"}
        request = urllib.request.Request(f"{self.endpoint}/{path}", body, headers, method=method)
        with urllib.request.urlopen(request, timeout=ASK_SECONDS) as answer:
            answered: bytes = answer.read()
        return answered

    def make(self, bucket: str) -> BucketAddress:
        """Make a bucket, and return where files go in it."""
        self.asked(bucket, "PUT")
        return self.address(bucket)

    def address(self, bucket: str, *, endpoint: str = "") -> BucketAddress:
        """Return where files go in a bucket, through another `endpoint` if one is given."""
        where = endpoint or self.endpoint
        return BucketAddress(bucket, "files/of-us", where, "us-east-1", "AKIAEXAMPLE", KEY, "")

    def keys(self, bucket: str) -> list[str]:
        """Return the names of all that is in a bucket; a test has fewer than a page of them."""
        listed = self.asked(f"{bucket}?list-type=2").decode()
        assert "<IsTruncated>false" in listed
        return re.findall("<Key>([^<]*)</Key>", listed)


@contextmanager
def s3_server(folder: Path, *, strict: bool = False) -> Iterator[S3Server]:
    """Run a server; skips the test if this machine has none."""
    absence = installed.absence("moto_server", "pip install 'moto[server]'")
    if absence and not os.environ.get("HUBBUB_TEST_REQUIRE_ALL"):
        pytest.skip(absence)
    server = S3Server(folder, strict=strict)
    try:
        server.start()
        yield server
    finally:
        server.kill()


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A server that all tests may use."""
    with s3_server(tmp_path_factory.mktemp("s3")) as server:
        yield server
