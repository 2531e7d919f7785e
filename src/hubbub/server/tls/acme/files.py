"""What is kept between two certificates of an authority."""

from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from hubbub.chat.errors import ConfigError
from hubbub.server.files.store import sync_folder
from hubbub.server.tls.acme.signing import write_key
from hubbub.tls.certificates import server_context
from hubbub.tls.self_signed import make_certificate
from hubbub.tls.writing import write_synced


class Files:
    """Where the account's key, the certificate and its key are kept."""

    def __init__(self, folder: Path) -> None:
        self.account = folder / "acme" / "account.key"
        self.certificate = folder / "acme" / "certificate.pem"
        self.key = folder / "acme" / "certificate.key"

    def prepare(self, names: Sequence[str]) -> None:
        """Have a certificate there in any case: until the authority gives one, its owner's."""
        try:
            server_context(self.certificate, self.key)
        except ConfigError:  # none yet, or the server was killed while it kept another one
            self.certificate.unlink(missing_ok=True)
            self.key.unlink(missing_ok=True)
            make_certificate(self.certificate, self.key, names)

    def keep(self, pem: bytes, private: ec.EllipticCurvePrivateKey) -> None:
        """Keep another certificate, and its key; raises ConfigError if it cannot be used."""
        certificate, key = (
            path.with_name(f"new{path.suffix}") for path in (self.certificate, self.key)
        )
        key.unlink(missing_ok=True)
        write_key(key, private)
        write_synced(certificate, pem)
        server_context(certificate, key)
        key.replace(self.key)
        certificate.replace(self.certificate)
        sync_folder(self.certificate.parent)
        sync_folder(self.certificate.parent.parent)  # it may be a new name there
