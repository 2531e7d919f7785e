"""Which certificate the server has, as configured. It is made where that is asked for."""

from pathlib import Path
from typing import Final

from hubbub.chat.errors import ConfigError
from hubbub.server.config import TlsSection, check_tls
from hubbub.server.files.store import sync_folder
from hubbub.server.tls.certificates import Certificates

CERTIFICATE_FILE: Final = "certificate.pem"
KEY_FILE: Final = "certificate.key"


def certificates_of(section: TlsSection, folder: Path | None) -> Certificates | None:
    """Return the configured certificate, or the one made for `folder`; None: there is no TLS.

    Raises ConfigError.
    """
    check_tls(section)
    certificates = _own(section, folder)
    if section.client_certificates and certificates is not None:
        certificates.ask_for_others()
    return certificates


def _own(section: TlsSection, folder: Path | None) -> Certificates | None:
    if section.acme and folder is not None:
        from hubbub.server.tls.acme.challenges import Challenges  # noqa: PLC0415 (slow, rarely needed)
        from hubbub.server.tls.acme.files import Files  # noqa: PLC0415

        files = Files(folder)
        files.prepare(section.acme)
        certificates = Certificates(files.certificate, files.key)
        certificates.challenges = Challenges()
        return certificates
    if section.cert:
        return Certificates(Path(section.cert), Path(section.key))
    if section.self_signed and folder is not None:
        return _made_once(folder)
    if section.plaintext != "allowed":
        raise ConfigError(
            "With 'plaintext' in [tls] restricted there must be a certificate. Give one with "
            "--tls-cert and --tls-key, or set 'self_signed'."
        )
    return None


def _made_once(folder: Path) -> Certificates:
    """Return the certificate kept in the data folder; the first time, make one."""
    certificate, key = folder / CERTIFICATE_FILE, folder / KEY_FILE
    if not certificate.exists():
        # Imported here, for it is slow, and needed once.
        from hubbub.tls.self_signed import machine_names, make_certificate  # noqa: PLC0415

        new = certificate.with_suffix(".new")
        for path in (key, new):  # of one that was not finished
            path.unlink(missing_ok=True)
        make_certificate(new, key, machine_names())
        new.replace(certificate)
        sync_folder(folder)  # before anybody remembers it
    return Certificates(certificate, key, is_vouched=False)
