"""Where a bucket is, and by which key it is used, as an operator says it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from hubbub.chat.errors import ConfigError

REGION: Final = "us-east-1"
"""What stores assume that have no regions."""

_PLACE: Final = re.compile(
    r"s3://(?P<bucket>[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9])(?P<prefix>(?:/[\w.=-]+)*)/?\Z",
    re.ASCII,
)
_REGION: Final = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
_HOST: Final = re.compile(r"(?:[A-Za-z0-9._-]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)\Z")
"""With any other, the client does not fail but panics."""

_ENDPOINTS: Final = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
_REGIONS: Final = ("AWS_REGION", "AWS_DEFAULT_REGION")
_KEY: Final = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_ROLES: Final = (
    *("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"),
    "AWS_WEB_IDENTITY_TOKEN_FILE",
)
_OWN_NETWORKS: Final = (".localhost", ".local", ".internal")


@dataclass(frozen=True)
class BucketAddress:
    """A bucket, and a prefix of all keys in it, which may be empty.

    `endpoint`: a URL, or empty for that of AWS in the region. Without a `key_id`, the client finds
    the rights of the machine itself.
    """

    bucket: str
    prefix: str
    endpoint: str
    region: str
    key_id: str
    key: str = field(repr=False)
    token: str = field(repr=False)

    @property
    def where(self) -> str:
        """The bucket and the prefix, as in the configuration."""
        return f"s3://{self.bucket}{self.prefix and '/'}{self.prefix}"

    @property
    def host(self) -> str:
        """What is asked, in the words of a sentence."""
        return self.endpoint or f"AWS in {self.region}"


def bucket_address(
    files: str,
    *,
    endpoint: str,
    region: str,
    key_id: str,
    key: str,
    environment: Mapping[str, str],
) -> BucketAddress:
    """Return the address that these settings make; the environment says what they leave empty.

    Raises ConfigError.
    """
    place = _PLACE.match(files)
    prefix = "" if place is None else place["prefix"].strip("/")
    if place is None or {".", ".."} & {*prefix.split("/")}:
        raise ConfigError(
            f"'cluster.files': {files!r} names no bucket. Give one such as s3://BUCKET/PREFIX, "
            "with letters, digits, '.', '_', '-' and '=' in it."
        )
    endpoint = endpoint or _first(environment, _ENDPOINTS)
    _check_endpoint(endpoint)
    region = region or _first(environment, _REGIONS) or REGION
    if not _REGION.match(region):
        raise ConfigError(f"'cluster.files_region': {region!r} is no region, such as eu-central-1.")
    if bool(key_id) != bool(key):
        raise ConfigError("'files_key_id' and 'files_key' in [cluster] go together: give both.")
    token = ""
    if not key_id:
        key_id, key = (environment.get(name, "") for name in _KEY)
        token = environment.get("AWS_SESSION_TOKEN", "")
        if bool(key_id) != bool(key):
            raise ConfigError(f"{_KEY[0]} and {_KEY[1]} in the environment go together: give both.")
    if endpoint and not (key_id or any(name in environment for name in _ROLES)):
        raise ConfigError(
            f"{endpoint} needs a key. Have {_KEY[0]} and {_KEY[1]} in the environment, or "
            "'files_key_id' and 'files_key' in [cluster]."
        )
    return BucketAddress(place["bucket"], prefix, endpoint, region, key_id, key, token)


def _first(environment: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((environment[name] for name in names if environment.get(name)), "")


def _check_endpoint(endpoint: str) -> None:
    """Raise ConfigError unless this is the URL of a store to which files may go."""
    if not endpoint:
        return
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    if not _HOST.match(host) or port == 0 or parts.scheme not in ("http", "https"):
        raise ConfigError(
            f"'cluster.files_endpoint': {endpoint.rpartition('@')[2]!r} is no address of a store. "
            "Give one such as https://s3.example.org:9000."
        )
    if parts.username or parts.path.strip("/") or parts.query or parts.fragment:
        raise ConfigError(
            "'cluster.files_endpoint' is a host and a port, such as https://s3.example.org:9000: "
            "the bucket stands in 'files', and the key in 'files_key_id' and 'files_key'."
        )
    if parts.scheme == "http" and not _is_near(host):
        raise ConfigError(
            f"'cluster.files_endpoint': over http, everybody on the way to {host} reads all files. "
            "Give an address with https, or one of this machine or of your own network."
        )


def _is_near(host: str) -> bool:
    """Return whether a host cannot be one of the internet."""
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith(_OWN_NETWORKS)
