"""`hubbub cert`: a certificate that its owner signs."""

from collections.abc import Sequence
from pathlib import Path

from hubbub.cli.output import show_text
from hubbub.lan.networks import own_networks
from hubbub.tls.certificates import server_context, shown
from hubbub.tls.self_signed import machine_names, make_certificate


def cert(names: Sequence[str], out: Path, key: Path) -> None:
    """Write a certificate for these names, and its key; say how it is used. Raises ConfigError."""
    own = [*machine_names(), *(str(one.ip) for one in own_networks())]
    make_certificate(out, key, names or own)
    _, fingerprint = server_context(out, key)
    show_text(
        f"{out} is the certificate, for {', '.join(names or own)}; {key} is its key, which nobody "
        f"else may read.\nSHA-256: {shown(fingerprint)}\n"
        f"Serve with it: hubbub serve --tls-cert {out} --tls-key {key}"
    )
