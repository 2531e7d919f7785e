"""What is kept between two certificates of an authority."""

from collections.abc import Sequence
from pathlib import Path

from hubbub.tls.self_signed import make_certificate


class Files:
    """Where the account's key, the certificate and its key are kept."""

    def __init__(self, folder: Path) -> None:
        self.account = folder / "acme" / "account.key"
        self.certificate = folder / "acme" / "certificate.pem"
        self.key = folder / "acme" / "certificate.key"

    def prepare(self, names: Sequence[str]) -> None:
        """Have a certificate there in any case: until the authority gives one, its owner's."""
        if not (self.certificate.exists() and self.key.exists()):
            self.certificate.unlink(missing_ok=True)
            self.key.unlink(missing_ok=True)
            make_certificate(self.certificate, self.key, names)
