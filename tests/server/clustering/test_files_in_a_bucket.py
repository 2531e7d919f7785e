"""Nodes whose files are in a bucket: what keeps one from starting, and what members notice."""

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.client import HTTPException
from pathlib import Path

import msgspec
import pytest

from hubbub.chat.errors import ConfigError
from hubbub.chat.limits import FileLimits
from hubbub.log.bucket import chunks
from hubbub.server.config import ClusterSection, Config, bucket_of, check_cluster
from hubbub.server.files import intake
from hubbub.testing import LocalServer, serving
from tests.cli.commands import end_all
from tests.cli.served import Served
from tests.log.file_places import FilePlace
from tests.log.s3_server import KEY, S3Server, s3, s3_server
from tests.server.clustering.nodes import cable, config_of
from tests.server.clustering.test_joining import why
from tests.server.event_peer import EventPeer
from tests.server.files.sharing import begin, get, patch, share, until
from tests.server.http.test_metrics import figures

__all__ = ["s3"]

CONTENT = b"holiday" * 1000
SETTINGS = ("servers", "stream", "files", "files_endpoint", "files_key_id", "files_key")


def node_of(folder: Path, place: FilePlace) -> Config:
    """Return the configuration of a node; all that a folder holds of files is in it."""
    config = config_of(folder, [place.nats], place.stream)
    files = FileLimits(disk_free_megabytes_min=0)
    return msgspec.structs.replace(config, cluster=place.section(), files=files)


@contextmanager
def node(folder: Path, place: FilePlace) -> Iterator[LocalServer]:
    with serving(node_of(folder, place)) as server:
        yield server


def test_without_the_client_of_s3_the_extra_is_named(
    tmp_path: Path, nats: str, stream: str, s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("obstore")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "hubbub.log.bucket.chunks", raising=False)
    monkeypatch.setitem(sys.modules, "obstore", None)
    told = why(node_of(tmp_path, FilePlace(nats, stream, s3)))
    assert told == (
        "Files in a bucket need a client of S3, which is not installed. Install it with "
        "pip install '.[s3]', in hubbub's checkout."
    )


def test_a_bucket_that_cannot_be_used_keeps_a_node_from_starting(
    tmp_path: Path, nats: str, stream: str, s3: S3Server
) -> None:
    config = node_of(tmp_path, FilePlace(nats, stream, s3))
    wrong = msgspec.structs.replace(config.cluster, files="s3://another")
    assert "There is no bucket 'another'" in why(msgspec.structs.replace(config, cluster=wrong))


def test_settings_of_a_bucket_that_is_not_used_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"'files' in \[cluster\] is for nodes"):
        check_cluster(Config(cluster=ClusterSection(files="s3://bucket")))
    node = ClusterSection(servers=("nats://n1:4222",))
    for name in ("files_endpoint", "files_region", "files_key_id", "files_key"):
        section = msgspec.structs.replace(node, **{name: "x"})
        with pytest.raises(ConfigError, match=rf"'{name}' in \[cluster\] is of no use without"):
            check_cluster(Config(cluster=section))
    assert bucket_of(ClusterSection()) is None


def test_without_the_store_uploads_are_refused_for_a_passing_reason_and_go_on_later(
    tmp_path: Path,
    nats: str,
    stream: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(chunks, "RETRIES_MAX", 0)
    with s3_server(tmp_path) as server:
        place = FilePlace(nats, stream, server)
        with (
            node(tmp_path / "n1", place) as one,
            node(tmp_path / "n2", place) as other,
            EventPeer(one, "ann") as ann,
        ):
            _, file = share(one, ann, CONTENT)
            server.kill()
            begun = begin(ann, 5)
            answer = patch(one, begun["address"], 0, b"later")
            assert answer.status == 503
            assert "'a.bin' is here, but cannot be stored for all" in answer.json["detail"]
            said = ann.ask(type="say", room="lobby", text="", files=[begun["upload"]])
            assert said["type"] == "error"
            ann.say_and_wait("talk goes on")
            assert get(one, file).body == CONTENT, "a node has what came to it"
            answer = get(other, file)
            assert answer.status == 503
            assert "cannot be brought here from where" in answer.json["detail"]
            assert figures(one)["hubbub_files_failures_total/share"] == 1
            assert figures(other)["hubbub_files_failures_total/share"] == 1
            server.start()
            server.make(stream)
            assert patch(one, begun["address"], 5, b"").status == 200
            said = ann.ask(type="say", room="lobby", text="", files=[begun["upload"]])
            assert said["type"] == "ok"
    journal = caplog.text
    assert f"{server.endpoint} cannot be reached now, so no file can be stored" in journal
    assert KEY not in journal


def test_a_node_stops_while_the_store_says_nothing(tmp_path: Path, nats: str, stream: str) -> None:
    with s3_server(tmp_path) as server:
        section = FilePlace(nats, stream, server).section()
        settings = [f"{name} = {json.dumps(getattr(section, name))}" for name in SETTINGS]
        limits = ["[limits]", "shutdown_seconds = 0.2", "[files]", "disk_free_megabytes_min = 0"]
        file = tmp_path / "hubbub.toml"
        file.write_text("\n".join(["[cluster]", *settings, *limits]))
        served = Served(tmp_path, "--data", str(tmp_path / "data"), "--config", str(file))
        try:
            with EventPeer(served.server, "ann") as ann, ThreadPoolExecutor() as threads:
                begun = begin(ann, 5)
                server.hang()
                answer = threads.submit(patch, served.server, begun["address"], 0, b"later")
                part = tmp_path / "data" / "files" / "uploads" / begun["upload"]
                until(lambda: part.is_file() and part.stat().st_size == 5, "the bytes are here")
                journal = served.journal()
                with suppress(OSError, HTTPException):
                    assert answer.result().status == 503
            assert served.process.returncode == 0
            assert "Traceback" not in journal
            assert "panicked" not in journal
        finally:
            end_all()


def test_what_is_deleted_while_the_store_is_away_goes_when_it_is_back(
    tmp_path: Path,
    nats: str,
    stream: str,
    s3: S3Server,
    *,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(chunks, "RETRIES_MAX", 0)
    monkeypatch.setattr(chunks, "REQUEST_SECONDS", 2)
    monkeypatch.setattr(intake, "RETRY_SECONDS", 0.1)
    with cable(s3.endpoint) as way:
        place = FilePlace(nats, stream, s3)
        place.address = s3.address(stream, endpoint=way.address.replace("nats", "http"))
        with node(tmp_path, place) as one, EventPeer(one, "ann") as ann:
            seq, file = share(one, ann, CONTENT)
            way.pull()
            assert ann.ask(type="delete", room="lobby", seq=seq)["type"] == "ok"
            until(lambda: "files are removed later" in caplog.text, "it was tried")
            assert get(one, file).status == 404
            assert place.all()
            way.put_back()
            until(lambda: not place.all(), "the bytes are gone")
