"""The configuration file: TOML, with sections such as `[server]` and `[limits]`.

The structs below are its only definition; `print_config` writes them out as a commented file.
"""

import os
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal, get_type_hints
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, json
from msgspec.structs import fields

from hubbub.chat.access import Access
from hubbub.chat.errors import ConfigError
from hubbub.chat.limits import FileLimits, GuestLimits, Limits
from hubbub.chat.nearest import nearest
from hubbub.chat.retention import Retention
from hubbub.log.bucket.address import BucketAddress, bucket_address
from hubbub.server.node_addresses import as_told

RELAY_SECRET_CHARS_MIN = 32

NUMBER_MAX = 1_000_000_000
"""More than any setting needs: a gigabyte, or thirty years."""


class ServerSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The `[server]` section."""

    listen: Annotated[
        str, Meta(description="Address and port to listen on; 127.0.0.1 admits this machine only.")
    ] = "127.0.0.1:1234"
    data: Annotated[
        str, Meta(description="Folder of the log; empty is a folder of your user account.")
    ] = ""
    workers: Annotated[
        int,
        Meta(
            ge=0,
            le=64,
            description="Processes of this machine that hold the connections and write to members, "
            "so that a crowded room uses more than one core; 0: the server does it. Linux only.",
        ),
    ] = 0
    password: Annotated[
        str, Meta(description="The password that everybody must give; empty lets everybody in.")
    ] = ""
    hosts: Annotated[
        tuple[str, ...],
        Meta(
            description="Names under which browsers reach this server, such as chat.example.org. "
            "IP addresses, names without a dot, and names in .local and .localhost need no entry."
        ),
    ] = ()
    trusted_proxies: Annotated[
        tuple[str, ...],
        Meta(
            description="IP addresses of proxies, beside those on this machine, which say in "
            "X-Forwarded-For or Forwarded for whom they ask."
        ),
    ] = ()

    @property
    def folder(self) -> Path:
        """Where the log is kept, and all that belongs to it."""
        if self.data:
            return Path(self.data)
        import platformdirs  # noqa: PLC0415 (servers of their own have a folder that is told)

        return platformdirs.user_data_path("hubbub")


class LogSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The `[log]` section."""

    durability: Annotated[
        Literal["process", "power"],
        Meta(
            description='What a message that anybody saw survives: with "process" a killed server, '
            'with "power" also a power cut, at the price of waiting for the disk.'
        ),
    ] = "process"


class TlsSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The `[tls]` section."""

    cert: Annotated[
        str,
        Meta(
            description="File with the certificate and those between it and its authority, PEM. "
            "With it, TLS is spoken on the same port. A new one is taken when the file changes."
        ),
    ] = ""
    key: Annotated[str, Meta(description="File with the certificate's key, PEM.")] = ""
    self_signed: Annotated[
        bool,
        Meta(
            description="Without 'cert': make a certificate, once, and keep it in the data folder."
            " hubbub's own clients check it by the password, and remember it."
        ),
    ] = False
    acme: Annotated[
        tuple[str, ...],
        Meta(
            description="Names or public addresses of this server, for which an authority is asked "
            "for a certificate, and for the next one in time. It means that you agree to the "
            "authority's terms. Not beside 'cert'."
        ),
    ] = ()
    acme_challenge: Annotated[
        Literal["tls-alpn-01", "http-01"],
        Meta(
            description="How the authority sees that they lead here: at port 443 with "
            '"tls-alpn-01", at port 80 with "http-01".'
        ),
    ] = "tls-alpn-01"
    acme_listen: Annotated[
        str,
        Meta(
            description="Another address to listen on, such as :443, if that port is not the one "
            "in [server]. All that is served there is served here."
        ),
    ] = ""
    acme_directory: Annotated[str, Meta(description="The authority.")] = (
        "https://acme-v02.api.letsencrypt.org/directory"
    )
    acme_email: Annotated[
        str, Meta(description="Where the authority writes to, if it must; may be empty.")
    ] = ""
    client_certificates: Annotated[
        bool,
        Meta(
            description="Ask clients other than browsers for a certificate of their own, by which "
            "members may log in over IRC (SASL EXTERNAL). Needs pyOpenSSL."
        ),
    ] = False
    plaintext: Annotated[
        Literal["allowed", "loopback", "forbidden"],
        Meta(description="Who may connect without TLS: everybody, this machine, or nobody."),
    ] = "allowed"


class IrcSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The `[irc]` section."""

    name: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z0-9.-]{1,63}$",
            description="What the server is called where IRC wants a name; it has a dot in it, so "
            "that nobody takes it for a person's.",
        ),
    ] = "irc.hubbub"
    register: Annotated[
        Literal["before", "after", "never"],
        Meta(
            description='When IRC clients may become members: "before" they are welcomed or later, '
            'only "after" it, or never by themselves.'
        ),
    ] = "before"
    operators: Annotated[
        tuple[str, ...],
        Meta(
            description='Who may run the server for as long as they are connected, each as "NAME '
            "PASSWORD\", which OPER takes. Without any, it takes the code of the server's start."
        ),
    ] = ()
    sts_days: Annotated[
        float,
        Meta(
            ge=0,
            description="Days for which IRC clients remember to speak TLS here and nothing else, "
            "where the certificate is not a self-signed one; 0 is not at all.",
        ),
    ] = 30


class RelaySection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The `[relay]` section."""

    of: Annotated[
        str,
        Meta(
            description="Address of the server that this one relays, HOST:PORT, or "
            "hubbubs://HOST:PORT for TLS: rooms, people and rights are that server's. Empty: this "
            "is a server of its own."
        ),
    ] = ""
    secret: Annotated[
        str,
        Meta(
            description="At least 32 characters that nobody can guess, the same on a server and its"
            " relays. Whoever knows it gets all that is said here, in private rooms as well, and "
            "is believed who connects from where. Empty: no relays are let in."
        ),
    ] = ""
    file_megabytes_max: Annotated[
        float,
        Meta(
            ge=0,
            description="Megabytes of the newest files that a relay copies, to give them out when "
            "the server cannot be reached; 0 copies none.",
        ),
    ] = 10_000


class ClusterSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The `[cluster]` section."""

    servers: Annotated[
        tuple[str, ...],
        Meta(
            description="Addresses of the NATS servers that keep the log, such as "
            "nats://n1:4222, or tls://n1:4222, with USER:PASSWORD@ before the host if they ask for "
            "that. This server is then one node of several that serve the same rooms. Empty: it "
            "keeps its log itself."
        ),
    ] = ()
    stream: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z0-9_-]{1,64}$",
            description="The stream that is the log, the same on all nodes of a chatroom.",
        ),
    ] = "hubbub"
    replicas: Annotated[
        int,
        Meta(ge=1, le=5, description="On how many NATS servers a new stream is kept: 1, 3 or 5."),
    ] = 1
    credentials: Annotated[
        str, Meta(description="A file with credentials for the NATS servers; may be empty.")
    ] = ""
    files: Annotated[
        str,
        Meta(
            description="Where the bytes of files are kept, the same at all nodes: "
            "s3://BUCKET/PREFIX is a bucket of an S3-compatible store; empty: the NATS servers."
        ),
    ] = ""
    files_endpoint: Annotated[
        str,
        Meta(
            description="Address of that store, such as https://s3.example.org:9000; empty: "
            "AWS_ENDPOINT_URL of the environment, or AWS itself."
        ),
    ] = ""
    files_region: Annotated[
        str,
        Meta(
            description="Region of the bucket; empty: AWS_REGION of the environment, or us-east-1."
        ),
    ] = ""
    files_key_id: Annotated[
        str,
        Meta(
            description="Id of the key for it; empty: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY "
            "of the environment, or the role of this machine at AWS."
        ),
    ] = ""
    files_key: Annotated[str, Meta(description="The secret key that belongs to this id.")] = ""
    monitors: Annotated[
        tuple[str, ...],
        Meta(
            description="Addresses of the monitoring ports of all NATS servers, such as "
            'http://n1:8222, where durability = "power" asks whether they sync always.'
        ),
    ] = ()
    syncs_always: Annotated[
        bool,
        Meta(
            description="In the place of that: state that all of them have "
            "'sync_interval: always' in their configuration."
        ),
    ] = False
    name: Annotated[
        str,
        Meta(
            max_length=64,
            description="What this node is called in its figures; empty is the machine's name and "
            "the port.",
        ),
    ] = ""
    address: Annotated[
        str,
        Meta(
            description="Where members reach this node, as they write it, such as "
            "n1.example.org:1234; hubbubs://n1.example.org:443 if TLS is all that is spoken there. "
            "Members of all nodes are told, and go on there by themselves. Empty: nobody is told."
        ),
    ] = ""


class JournalSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The `[journal]` section."""

    level: Annotated[
        Literal["info", "debug"],
        Meta(
            description='What is noted on stderr: with "info" what an operator should know, with '
            '"debug" also who comes and goes.'
        ),
    ] = "info"
    form: Annotated[
        Literal["auto", "text", "json"],
        Meta(
            description='How it is noted: as "text" for people, as "json" for programs; "auto" is '
            "text on a terminal, else JSON."
        ),
    ] = "auto"


class BackupSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The `[backup]` section."""

    every_hours: Annotated[
        float,
        Meta(
            ge=0,
            description="Hours between copies of the folder, which are made while the server runs; "
            "0 makes none.",
        ),
    ] = 0
    folder: Annotated[
        str, Meta(description="Folder for the copies, best on another disk; needed for them.")
    ] = ""
    keep: Annotated[
        int, Meta(ge=1, description="So many copies are kept; older ones are removed.")
    ] = 7


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that can be configured."""

    server: ServerSection = ServerSection()
    limits: Limits = Limits()
    access: Access = Access()
    people: GuestLimits = GuestLimits()
    files: FileLimits = FileLimits()
    log: LogSection = LogSection()
    tls: TlsSection = TlsSection()
    irc: IrcSection = IrcSection()
    relay: RelaySection = RelaySection()
    cluster: ClusterSection = ClusterSection()
    journal: JournalSection = JournalSection()
    backup: BackupSection = BackupSection()
    retention: Retention = Retention()


def load_config(path: Path) -> Config:
    """Read a TOML file; raise ConfigError that names the file, the key and the remedy."""
    import tomllib  # noqa: PLC0415 (many servers have no file)

    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError) as error:  # of what Python cannot read, too
        raise ConfigError(f"{path} is not valid TOML: {error}.") from None
    _refuse_unknown(path, raw, Config, "")
    _refuse_absurd(path, raw)
    try:
        config = msgspec.convert(raw, Config)
    except msgspec.ValidationError as error:
        raise ConfigError(
            f"{path}: {error}. 'hubbub serve --print-config' shows an example."
        ) from None
    if config.backup.every_hours and not config.backup.folder:
        raise ConfigError(f"{path}: 'backup.folder' must name the folder that the copies go to.")
    if 0 < len(config.relay.secret) < RELAY_SECRET_CHARS_MIN:
        raise ConfigError(
            f"{path}: 'relay.secret' is too short: it needs {RELAY_SECRET_CHARS_MIN} characters, "
            "such as 'openssl rand -hex 32' makes."
        )
    if not all(all(one.partition(" ")) for one in config.irc.operators):
        raise ConfigError(
            f"{path}: each of 'irc.operators' has a name, a space and a password, such as "
            "'ann correct-horse-battery'."
        )
    return config


def check_tls(section: TlsSection) -> None:
    """Raise ConfigError if the settings of the certificate contradict each other."""
    if bool(section.cert) != bool(section.key):
        raise ConfigError("A certificate needs its key: give both --tls-cert and --tls-key.")
    if section.cert and section.acme:
        raise ConfigError(
            "'cert' and 'acme' in [tls] are two ways to a certificate, and a server has one: leave "
            "out 'cert' and 'key' to have an authority asked, or 'acme' to use the files."
        )


def check_cluster(config: Config) -> None:
    """Raise ConfigError if no node can be made of the settings."""
    section = config.cluster
    if section.servers and config.relay.of:
        raise ConfigError(
            "A server is either a node of a cluster or a relay. Leave out either 'servers' in "
            "[cluster] (--cluster) or 'of' in [relay] (--relay-of)."
        )
    check_nats_addresses(section.servers)
    if section.replicas not in (1, 3, 5):
        raise ConfigError("'cluster.replicas' must be 1, 3 or 5: of an even number, half is none.")
    if section.credentials and not Path(section.credentials).is_file():
        raise ConfigError(f"'cluster.credentials': there is no file {section.credentials}.")
    if section.address:
        as_told(section.address)
    if section.servers:
        bucket_of(section)
    elif section.files:
        raise ConfigError(
            "'files' in [cluster] is for nodes, whose log is with NATS servers: name these as "
            "'servers', or leave out 'files'. A server alone keeps files in its folder."
        )


def bucket_of(section: ClusterSection) -> BucketAddress | None:
    """Return where the files of nodes are, if not with their NATS servers; raise ConfigError."""
    if section.files:
        return bucket_address(
            section.files,
            endpoint=section.files_endpoint,
            region=section.files_region,
            key_id=section.files_key_id,
            key=section.files_key,
            environment=os.environ,
        )
    if stray := [
        name
        for name in ("files_endpoint", "files_region", "files_key_id", "files_key")
        if getattr(section, name)
    ]:
        raise ConfigError(f"'{stray[0]}' in [cluster] is of no use without 'files': s3://BUCKET.")
    return None


def check_nats_addresses(addresses: Iterable[str]) -> None:
    """Raise ConfigError, with the sentence for a person, if one of them is none."""
    for address in addresses:
        if not _is_nats_address(address):
            shown = address.rpartition("@")[2]
            raise ConfigError(
                f"'{shown}' is no address of a NATS server. Give one such as nats://127.0.0.1:4222."
            )


def _is_nats_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in ("nats", "tls") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _refuse_unknown(
    path: Path, table: dict[str, object], struct: type[msgspec.Struct], prefix: str
) -> None:
    types = get_type_hints(struct)
    for key, value in table.items():
        if key not in types:
            near = nearest(key, types)
            hint = f"did you mean '{prefix}{near}'?" if near else f"known: {', '.join(types)}."
            raise ConfigError(f"{path}: there is no key '{prefix}{key}'; {hint}")
        if isinstance(value, dict) and issubclass(types[key], msgspec.Struct):
            _refuse_unknown(path, value, types[key], f"{prefix}{key}.")


def _refuse_absurd(path: Path, raw: dict[str, object]) -> None:
    """Refuse numbers that no clock, socket or file takes: inf and nan among them."""
    for section, table in raw.items():
        for key, value in table.items() if isinstance(table, dict) else ():
            if isinstance(value, int | float) and not abs(value) <= NUMBER_MAX:
                raise ConfigError(
                    f"{path}: '{section}.{key}' must be a number up to {NUMBER_MAX:,}. "
                    "'hubbub serve --print-config' shows an example."
                )


def print_config() -> str:
    """Return the default configuration as a commented TOML file."""
    lines = ["# hubbub.toml: every key with its default. Use: hubbub serve --config hubbub.toml"]
    for name, section in get_type_hints(Config).items():
        lines += ["", f"[{name}]"]
        types = get_type_hints(section, include_extras=True)
        for field in fields(section):
            description = next(m.description for m in types[field.name].__metadata__)
            lines += textwrap.wrap(
                description, width=98, initial_indent="# ", subsequent_indent="# "
            )
            lines.append(f"{field.name} = {json.encode(field.default).decode()}")
    return "\n".join(lines) + "\n"
