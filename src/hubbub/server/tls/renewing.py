"""Gets a certificate when there is none, or the one that is there has little time left."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
from typing import TYPE_CHECKING, Final

import aiohttp
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from hubbub.chat.errors import HubbubError
from hubbub.faults import faults
from hubbub.server.notes import logger
from hubbub.server.tls.acme.client import AcmeClient
from hubbub.server.tls.acme.signing import AccountKey

if TYPE_CHECKING:
    from hubbub.server.config import TlsSection
    from hubbub.server.tls.acme.challenges import Challenges
    from hubbub.server.tls.acme.files import Files
    from hubbub.server.tls.certificates import Certificates

LOOK_SECONDS: Final = 3600.0
RETRY_SECONDS: Final = (60.0, 600.0, 3600.0)
"""After a failure; authorities count those, and let nobody try for ever."""

TIME_LEFT: Final = 1 / 3
"""Of a certificate's time, when the next one is asked for."""


def is_due(pem: bytes, names: tuple[str, ...], now: datetime.datetime) -> bool:
    """Return whether a certificate is to be replaced: by time, names, or because nobody vouches."""
    certificate = x509.load_pem_x509_certificate(pem)
    own = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    named = {_plain(one) for one in own.get_values_for_type(x509.DNSName)}
    named |= {str(one) for one in own.get_values_for_type(x509.IPAddress)}
    wanted = {_plain(name) for name in names}
    ends, begins = certificate.not_valid_after_utc, certificate.not_valid_before_utc
    is_own = certificate.issuer == certificate.subject
    return is_own or not wanted <= named or ends - now < (ends - begins) * TIME_LEFT


def _plain(name: str) -> str:
    """Return a name or an address as certificates have it."""
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        return name.lower()


async def renew(
    section: TlsSection, files: Files, challenges: Challenges, certificates: Certificates
) -> None:
    """Look, for ever, whether a certificate is to be asked for."""
    failures = 0
    while True:
        now = datetime.datetime.now(datetime.UTC)
        try:
            if is_due(files.certificate.read_bytes(), section.acme, now):
                await _ask(section, files, challenges)
                certificates.reload()
        except (HubbubError, aiohttp.ClientError, OSError) as error:
            reason = f"{error}" or type(error).__name__
            logger.warning("the authority has given no certificate", reason=reason)
        except Exception as error:  # noqa: BLE001 (a fault of ours; the authority waits no shorter)
            faults.note("no certificate can be asked for", error)
        else:
            failures = 0
            await asyncio.sleep(LOOK_SECONDS)
            continue
        await asyncio.sleep(RETRY_SECONDS[min(failures, len(RETRY_SECONDS) - 1)])
        failures += 1


async def _ask(section: TlsSection, files: Files, challenges: Challenges) -> None:
    account = AccountKey.kept_in(files.account)
    private = ec.generate_private_key(ec.SECP256R1())
    async with aiohttp.ClientSession(headers={"User-Agent": "hubbub"}) as http:
        client = AcmeClient(http, section.acme_directory, account, section.acme_email)
        pem = await client.certificate(section.acme, private, challenges, section.acme_challenge)
    files.keep(pem, private)
