"""The places of files' bytes, which do the same; and a bucket that does not do what it should."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from bench.ports import free_port
from bench.promises.proxy import Proxy

from hubbub.chat.errors import ConfigError, LogError
from hubbub.log.bucket import chunks as bucket_chunks
from hubbub.log.bucket.address import BucketAddress
from hubbub.log.bucket.chunks import Bucket
from hubbub.log.chunks import Chunks
from tests.log.conftest import nats, stream
from tests.log.file_places import FilePlace, objects_of, place
from tests.log.s3_server import KEY, S3Server, s3, s3_server
from tests.tls.pairs import pair_in

__all__ = ["nats", "place", "s3", "stream"]

SAID = """<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>{}</Code><Message>No.</Message><AWSAccessKeyId>AKIAEXAMPLE</AWSAccessKeyId>
<StringToSign>AWS4-HMAC-SHA256</StringToSign></Error>"""


def play(scene: Callable[[], Awaitable[None]]) -> None:
    """Run a scene, with a bound."""

    async def bounded() -> None:
        await asyncio.wait_for(scene(), 120)

    asyncio.run(bounded())


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a bucket give up soon."""
    monkeypatch.setattr(bucket_chunks, "RETRIES_MAX", 1)
    monkeypatch.setattr(bucket_chunks, "RETRY_SECONDS", 1)


async def got(chunks: Chunks, id_: str, count: int) -> list[bytes]:
    return [chunk async for chunk in chunks.get(id_, count)]


def test_chunks_come_back_in_order_and_go_by_their_id(tmp_path: Path, place: FilePlace) -> None:
    first, second, other = "room.ab_preview.t1", "room.ab_preview.t2", "room.ab.t3"

    async def scene() -> None:
        log = await place.joined(tmp_path)
        objects = objects_of(log)
        await objects._stream.make()
        chunks = objects._places[-1]
        for number in range(12):
            await chunks.put(first, number, b"%d" % number)
        await chunks.put(second, 0, b"x" * chunks.chunk_bytes)
        await chunks.put(other, 0, b"y")
        assert await got(chunks, first, 12) == [b"%d" % number for number in range(12)]
        assert await got(chunks, first, 13) == await got(chunks, first, 12)
        assert await got(chunks, "room.ab.none", 1) == []
        assert sorted(await chunks.ids("room.ab_preview")) == [first, second]
        assert await chunks.ids("room.ab") == [other]
        assert await chunks.ids("room.a") == []
        assert [await chunks.count(one) for one in (first, second, "room.ab.none")] == [12, 1, 0]
        await chunks.drop(first)
        await chunks.drop("room.ab.none")
        assert await chunks.ids("room.ab_preview") == [second]
        assert await chunks.count(first) == 0
        assert await got(chunks, other, 1) == [b"y"]
        await log.close()

    play(scene)


async def refused(address: BucketAddress) -> str:
    """Return why a bucket cannot be used; no part of a key is in it."""
    with pytest.raises(LogError) as raised:
        await Bucket(address).try_out()
    told = str(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__
    assert not any(secret in told for secret in (KEY, "AKIAEXAMPLE", "Sign"))
    assert "<" not in told
    assert told.endswith(".")
    return told


def test_what_is_tried_leaves_nothing(s3: S3Server, stream: str) -> None:
    async def scene() -> None:
        assert not await Bucket(await asyncio.to_thread(s3.make, stream)).try_out()
        assert await asyncio.to_thread(s3.keys, stream) == []

    play(scene)


def test_a_bucket_that_keeps_former_versions_is_known(s3: S3Server, stream: str) -> None:
    async def scene() -> None:
        address = await asyncio.to_thread(s3.make, stream)
        on = b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
        await asyncio.to_thread(s3.asked, f"{stream}?versioning", "PUT", on)
        assert await Bucket(address).try_out()

    play(scene)


@pytest.mark.usefixtures("impatient")
def test_a_bucket_that_is_not_there_or_not_reached_is_named(s3: S3Server, stream: str) -> None:
    port = free_port()
    away = f"http://127.0.0.1:{port}"

    async def scene() -> None:
        told = await refused(s3.address(stream))
        assert told.startswith(f"There is no bucket '{stream}' at {s3.endpoint}. Make it")
        told = await refused(s3.address(stream, endpoint=away))
        assert told.startswith(f"{away} cannot be reached now, so no file can be stored")

    play(scene)


@pytest.mark.usefixtures("impatient")
def test_a_machine_without_a_key_or_a_role_is_told_what_to_give(
    s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", f"http://127.0.0.1:{port}")
    without = replace(s3.address("twelve"), key_id="", key="")

    async def scene() -> None:
        assert "and this machine has no role there. Have AWS_ACCESS_KEY" in await refused(without)

    play(scene)


@pytest.mark.usefixtures("impatient")
def test_a_key_that_nobody_gave_out_is_refused(tmp_path: Path, stream: str) -> None:
    with s3_server(tmp_path, strict=True) as strict:
        play(lambda: known_key(strict.address(stream)))


async def known_key(address: BucketAddress) -> None:
    assert "knows no key with the id that was given. See AWS_ACCESS" in await refused(address)


@asynccontextmanager
async def answering(
    status: int,
    body: str,
    tls: ssl.SSLContext | None = None,
    heard: list[web.Request] | None = None,
) -> AsyncIterator[str]:
    """Answer everything like this; yields the address."""

    async def answer(request: web.Request) -> web.Response:
        if heard is not None:
            heard.append(request)
        return web.Response(status=status, text=body)

    runner = web.AppRunner(app := web.Application())
    app.router.add_route("*", "/{path:.*}", answer)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await site.stop()
        for _ in range(5):  # whoever was accepted has a handler then, which the end closes
            await asyncio.sleep(0)
        await runner.cleanup()


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (403, "AccessDenied", "lets this key not do all of it in s3://t"),
        (403, "SignatureDoesNotMatch", "the secret key is not that of the key's id"),
        (400, "ExpiredToken", "is not valid any more"),
        (403, "RequestTimeTooSkewed", "has another time than this machine"),
        (400, "AuthorizationHeaderMalformed", "is not in the region us-east-1. Give its region"),
        (301, "PermanentRedirect", "is not in the region us-east-1. Give its region"),
        (507, "XMinioStorageFull", "refuses it: XMinioStorageFull."),
    ],
)
@pytest.mark.usefixtures("impatient")
def test_what_a_store_refuses_is_said_in_a_sentence(
    s3: S3Server, status: int, code: str, said: str
) -> None:
    async def scene() -> None:
        async with answering(status, SAID.format(code)) as endpoint:
            assert said in await refused(s3.address("twelve", endpoint=endpoint))

    play(scene)


@pytest.mark.usefixtures("impatient")
def test_a_store_is_believed_only_with_a_certificate_that_somebody_vouches_for(
    tmp_path: Path, s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As that of an authority of one's own, in the file that SSL_CERT_FILE names."""
    pair = pair_in(tmp_path)

    async def scene() -> None:
        async with answering(403, SAID.format("AccessDenied"), pair.server) as endpoint:
            address = s3.address("twelve", endpoint=endpoint)
            assert "cannot be reached now" in await refused(address)
            monkeypatch.setenv("SSL_CERT_FILE", str(pair.certificate))
            assert "lets this key not do all" in await refused(address)

    play(scene)


@pytest.mark.usefixtures("impatient")
def test_a_token_in_the_environment_goes_with_its_own_key_alone(
    s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        heard: list[web.Request] = []
        async with answering(403, SAID.format("AccessDenied"), heard=heard) as endpoint:
            address = s3.address("twelve", endpoint=endpoint)
            for given in (replace(address, token="ours"), address):
                monkeypatch.setenv("AWS_SESSION_TOKEN", "ours")
                await refused(given)
        first, last = heard[0], heard[-1]
        assert first.headers["x-amz-security-token"] == "ours"
        assert "x-amz-security-token" not in last.headers

    play(scene)


def test_what_the_environment_says_and_cannot_be_used_is_told(
    s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SKIP_SIGNATURE", "perhaps")
    with pytest.raises(ConfigError, match=r"variables whose names begin with AWS_"):
        Bucket(s3.address("twelve"))


@pytest.mark.parametrize("status", [200, 204, 404, 418, 500])
@pytest.mark.usefixtures("impatient")
def test_what_is_no_store_is_refused_in_a_sentence(s3: S3Server, status: int) -> None:
    async def scene() -> None:
        async with answering(status, "<html>Hello" if status != 204 else "") as endpoint:
            assert endpoint in await refused(s3.address("twelve", endpoint=endpoint))

    play(scene)


@pytest.mark.usefixtures("impatient")
def test_a_file_that_broke_off_is_seen_by_nobody_and_stored_later(
    tmp_path: Path, nats: str, stream: str, s3: S3Server
) -> None:
    path, brought = tmp_path / "a", tmp_path / "brought"
    path.write_bytes(b"longer" * 1_500_000)
    place = FilePlace(nats, stream, s3)

    async def scene() -> None:
        async with Proxy(s3.port) as proxy:
            place.address = s3.address(stream, endpoint=f"http://127.0.0.1:{proxy.port}")
            log = await place.joined(tmp_path / "node")
            objects = objects_of(log)
            put = objects._places[-1].put

            async def put_and_lose(id_: str, number: int, chunk: bytes) -> None:
                await put(id_, number, chunk)
                proxy.shut()

            objects._places[-1].put = put_and_lose  # type: ignore[method-assign]
            with pytest.raises(LogError, match="cannot be reached now"):
                await objects.keep("a", path)
            assert len(await asyncio.to_thread(s3.keys, stream)) == 1
            assert not await objects.fetch("a", brought)
            objects._places[-1].put = put  # type: ignore[method-assign]
            proxy.release()
            await objects.keep("a", path)
            proxy.shut()
            with pytest.raises(LogError, match="cannot be reached now"):
                await objects.fetch("a", brought)
            proxy.release()
            assert await objects.fetch("a", brought)
            assert brought.read_bytes() == path.read_bytes()
            await log.close()

    play(scene)


def test_what_was_changed_in_the_bucket_is_damaged(
    tmp_path: Path, nats: str, stream: str, s3: S3Server
) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"content")
    place = FilePlace(nats, stream, s3)

    async def scene() -> None:
        log = await place.joined(tmp_path / "node")
        objects = objects_of(log)
        await objects.keep("a", path)
        bucket, (key,) = objects._places[-1], await asyncio.to_thread(s3.keys, stream)
        id_ = key.removeprefix("files/of-us/").removesuffix("/000000").replace("/", ".")
        for forged in (b"CONTENT", b"x" * (bucket_chunks.CHUNK_BYTES + 1)):
            await bucket.put(id_, 0, forged)
            with pytest.raises(LogError, match=f"The file a is damaged in s3://{stream}/files"):
                await objects.fetch("a", tmp_path / "brought")
        await bucket.drop(id_)
        await objects.keep("a", path)  # whoever posts it again brings it back
        assert await objects.fetch("a", tmp_path / "brought")
        await log.close()

    play(scene)
