"""Which settings make a bucket, and what is said of those that make none."""

from collections.abc import Mapping

import pytest

from hubbub.chat.errors import ConfigError
from hubbub.log.bucket.address import BucketAddress, bucket_address

KEY = {"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "hidden"}
NEAR = "http://127.0.0.1:9000"


def made(
    files: str = "s3://bucket/a/b", environment: Mapping[str, str] = KEY, **settings: str
) -> BucketAddress:
    given = {"endpoint": "", "region": "", "key_id": "", "key": "", **settings}
    return bucket_address(files, environment=environment, **given)


def why(files: str, environment: Mapping[str, str] = KEY, **settings: str) -> str:
    with pytest.raises(ConfigError) as raised:
        made(files, environment, **settings)
    return str(raised.value)


def test_settings_come_before_the_environment() -> None:
    environment = {**KEY, "AWS_ENDPOINT_URL": NEAR, "AWS_REGION": "eu-central-1"}
    found = made(environment=environment)
    assert (found.endpoint, found.region, found.key_id) == (NEAR, "eu-central-1", "id")
    found = made(
        "s3://b-1/",
        environment,
        endpoint="https://s3.example.org",
        region="garage",
        key_id="k",
        key="s",
    )
    assert (found.endpoint, found.region, found.key_id) == ("https://s3.example.org", "garage", "k")
    assert (found.bucket, found.prefix, found.where) == ("b-1", "", "s3://b-1")
    assert made().where == "s3://bucket/a/b"


def test_a_token_belongs_to_the_key_of_the_environment() -> None:
    environment = {**KEY, "AWS_SESSION_TOKEN": "token"}
    assert made(environment=environment).token == "token"
    assert made(key_id="k", key="s", environment=environment).token == ""


def test_secrets_are_not_shown() -> None:
    shown = repr(made(environment={**KEY, "AWS_SESSION_TOKEN": "token"}))
    assert "'id'" in shown
    assert "hidden" not in shown
    assert "token" not in shown


@pytest.mark.parametrize(
    "files",
    [
        *("bucket", "s3://", "s3://a", "https://bucket", "s3:///prefix", "s3://bucket//a"),
        *(
            "s3://bucket/a b",
            "s3://bucket/../a",
            "s3://k:s@bucket",
            "s3://bucket?x=1",
            "s3://bücket",
        ),
    ],
)
def test_what_names_no_bucket_is_refused(files: str) -> None:
    assert "names no bucket. Give one such as s3://BUCKET/PREFIX" in why(files)


@pytest.mark.parametrize(
    ("endpoint", "said"),
    [
        *((one, "is no address of a store") for one in ("minio:9000", "ftp://x", "https://")),
        *((one, "is no address of a store") for one in ("https://x:y", "https://x:0", "http://[")),
        *(
            (f"https://{one}", "is no address of a store")
            for one in ("a b", "a%zz", "[fe80::1%25e]")
        ),
        *((f"https://{one}", "is a host and a port") for one in ("k:s@x", "x/bucket", "x?a=b")),
        *((f"http://{one}", "over http, everybody") for one in ("s3.example.org", "192.88.99.1")),
    ],
)
def test_what_is_no_endpoint_or_an_unsafe_one_is_refused(endpoint: str, said: str) -> None:
    told = why("s3://bucket", endpoint=endpoint)
    assert said in told
    assert "k:s" not in told


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "[::1]",
        "localhost",
        "192.168.1.9",
        "10.0.0.2",
        "[fd00::1]",
        "minio",
        "s3.local",
    ],
)
def test_over_http_files_stay_on_the_own_network(host: str) -> None:
    assert made(endpoint=f"http://{host}:9000").endpoint == f"http://{host}:9000"


def test_a_region_is_a_word() -> None:
    assert "'eu central' is no region, such as eu-central-1" in why(
        "s3://bucket", region="eu central"
    )


def test_half_a_key_is_none() -> None:
    assert "go together: give both" in why("s3://bucket", key_id="id")
    assert "go together: give both" in why("s3://bucket", key="key")
    half = {"AWS_ACCESS_KEY_ID": "id"}
    assert "in the environment go together" in why("s3://bucket", half)


def test_without_a_key_only_aws_knows_who_a_machine_is() -> None:
    assert f"{NEAR} needs a key" in why("s3://bucket", {}, endpoint=NEAR)
    assert made(environment={}).key_id == ""
    role = {"AWS_WEB_IDENTITY_TOKEN_FILE": "/run/token"}
    assert made(endpoint=NEAR, environment=role).key_id == ""
