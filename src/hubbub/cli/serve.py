"""`hubbub serve`: a server until it is told to stop."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import click
import msgspec

from hubbub import __version__
from hubbub.background import keep_going
from hubbub.chat.access import Access
from hubbub.cli.output import can_show, complain, show_text
from hubbub.hub.rules.access import is_open_to_all
from hubbub.lan import is_allowed
from hubbub.lan.invitation import invitation, page_url
from hubbub.lan.passwords import kept_password
from hubbub.server.app import hosting
from hubbub.server.config import (
    Config,
    ServerSection,
    check_cluster,
    check_tls,
    load_config,
    print_config,
)
from hubbub.server.control.reloading import Reloading
from hubbub.server.credentials.operator_code import shown_operator_code
from hubbub.server.fairness.addresses import is_loopback
from hubbub.server.interpreter import loading, set_for_serving
from hubbub.server.journal.writing import journal_part, note_on_stderr
from hubbub.server.loop import new_event_loop
from hubbub.server.notes import logger
from hubbub.server.service import Service, passed_sockets
from hubbub.server.sockets.descriptors import connections_allowed, raise_limit
from hubbub.server.tls.choosing import certificates_of

NEAR = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}  # noqa: S104 (asked for with --lan)
"""How this machine reaches a server that listens on every network."""


def print_defaults() -> None:
    """Print every setting with its default."""
    sys.stdout.write(print_config())


def configured(
    file: Path | None,
    listen: str | None,
    data: Path | None,
    password: str | None,
    *,
    workers: int | None,
    relay_of: str | None,
    cluster: Sequence[str],
    tls_cert: Path | None,
    tls_key: Path | None,
    lan: bool,
    is_open: bool,
) -> Config:
    """Return the configuration of the file, changed by the options. Raises ConfigError."""
    config = load_config(file) if file else Config()
    tls = config.tls
    if tls_cert or tls_key:
        tls = msgspec.structs.replace(tls, cert=str(tls_cert or ""), key=str(tls_key or ""))
    elif lan and not tls.cert:
        tls = msgspec.structs.replace(tls, self_signed=True)
    given = {"listen": listen, "data": data and str(data), "password": password, "workers": workers}
    section = msgspec.structs.replace(
        config.server, **{key: value for key, value in given.items() if value is not None}
    )
    if lan:
        section = _on_every_network(section, is_open=is_open)
    elif is_open:
        raise click.BadParameter(
            "--open goes with --lan. Without --lan there is no password anyway."
        )
    check_tls(tls)
    relay = config.relay
    if relay_of is not None:
        relay = msgspec.structs.replace(relay, of=relay_of)
    nodes = config.cluster
    if cluster:
        servers = tuple(server for given in cluster for server in given.split(","))
        nodes = msgspec.structs.replace(nodes, servers=servers)
    config = msgspec.structs.replace(config, server=section, tls=tls, relay=relay, cluster=nodes)
    check_cluster(config)
    return config


def _on_every_network(section: ServerSection, *, is_open: bool) -> ServerSection:
    if is_open and section.password:
        raise click.BadParameter("--open means no password, but one is set. Leave out either.")
    password = section.password
    if not (password or is_open):
        password = kept_password(section.folder)
    port = section.listen.rpartition(":")[2]
    return msgspec.structs.replace(section, listen=f":{port}", password=password)


def serve(read: Callable[[], Config], *, lan: bool) -> None:
    """Serve until SIGINT or SIGTERM; then commit what was accepted and return.

    `read` gives the configuration, and again on SIGHUP; it raises ConfigError.
    """
    config = read()
    note_on_stderr(config.journal.form, config.journal.level)
    raise_limit(config.limits.connections_max)
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(_serve(Reloading(config, read), Service(), lan=lan))


async def _serve(reloading: Reloading, service: Service, *, lan: bool) -> None:
    config = reloading.config
    reloading.add(journal_part())
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stopped.set)
        except NotImplementedError:  # Windows without winloop
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stopped.set))
    async with AsyncExitStack() as stack:
        with loading():
            hosted = hosting(config, reloading=reloading, sockets=passed_sockets())
            address = await stack.enter_async_context(hosted)
        set_for_serving()
        host, _, port = address.rpartition(":")
        ready = f"hubbub is listening on {address}"
        invited: list[str] = []
        if lan:
            invited = await _invite(stack, int(port), config)
        elif sys.stdout.isatty():  # programs are promised one line
            invited = [f"open {page_url(NEAR.get(host, host), int(port))} in a browser"]
        folder = config.server.folder
        if invited and (code := shown_operator_code(folder)):
            invited.insert(0, _to_run_it(code, config.access, port))
        _heed_hangups(reloading, service, ready, stopped)
        # In one piece: a program that reads the first line only may hang up before the second.
        show_text("\n".join([ready, *invited]))
        if not lan:  # whose invitation says it
            _note_open(host, config)
        _note_few_connections(config.limits.connections_max)
        beating = keep_going(service.beat, "telling the service manager that all is well")
        service.ready(ready)
        await stopped.wait()
        service.stopping()
    beating.cancel()


def _heed_hangups(
    reloading: Reloading, service: Service, ready: str, stopped: asyncio.Event
) -> None:
    """On SIGHUP, read the configuration again; or stop, if the terminal's window was closed.

    Until then a SIGHUP ends the server.
    """
    had_terminal = _has_terminal()

    def hang_up() -> None:
        if had_terminal and not _has_terminal():
            stopped.set()
            return
        service.reloading()
        reloading.reload_or_tell()
        service.ready(ready)

    # What `nohup` ignores stays so.
    if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, hang_up)


def _has_terminal() -> bool:
    return any(os.isatty(descriptor) for descriptor in range(3))


def _to_run_it(code: str, access: Access, port: str) -> str:
    """Return how somebody elsewhere uses the operator's code, who may not be let in without it."""
    if access.enter == "open" and access.guests:
        return f"to run it from elsewhere, type there: /operate {code}"
    return f"to run it from elsewhere: hubbub admin operate {code} --at HOST:{port}"


def _note_open(host: str, config: Config) -> None:
    if not is_loopback(host.strip("[]")) and is_open_to_all(config.access, config.server.password):
        logger.warning(
            "anybody who can reach this machine over the network can read and write here: "
            "there is no password, and no rule who may enter",
            remedy="give one with --password, see [access] in 'hubbub serve --print-config', or "
            "listen on 127.0.0.1 only",
        )


def _note_few_connections(wanted: int) -> None:
    if (allowed := connections_allowed(wanted)) < wanted:
        logger.warning(
            "the system allows fewer connections than connections_max",
            allowed=allowed,
            connections_max=wanted,
            remedy="raise its limit of open files, as with 'ulimit -n'",
        )


def _fingerprint(config: Config) -> str:
    """Return the SHA-256 of the certificate that is served; empty without TLS."""
    certificates = certificates_of(config.tls, config.server.folder)
    return "" if certificates is None else certificates.identity.fingerprint


async def _invite(stack: AsyncExitStack, port: int, config: Config) -> list[str]:
    """Announce the chatroom until the stack ends; return the lines that say how to join it."""
    # Imported here: this takes time, and only --lan needs it.
    from hubbub.lan.announcing import announced
    from hubbub.lan.networks import own_networks
    from hubbub.lan.qr_code import drawn_code

    hosts = [str(own.ip) for own in own_networks()]
    password, fingerprint = config.server.password, _fingerprint(config)
    if is_allowed():
        announcing = announced(
            port,
            hosts,
            version=__version__,
            locked=bool(password),
            fingerprint=fingerprint,
            complain=complain,
        )
        await stack.enter_async_context(announcing)
    # A browser would warn of a certificate that its owner signs; so it is asked to do without.
    secure = config.tls.plaintext != "allowed"
    lines = invitation(hosts, port, password, fingerprint=fingerprint, browsers_secure=secure)
    code = drawn_code(page_url(hosts[0], port, password, secure=secure)) if hosts else ""
    return [*lines, "", code] if code and can_show(code) else lines
