"""Asks the authority for a certificate: an account, an order, its challenges, and the signature."""

from __future__ import annotations

import asyncio
import ipaddress
from typing import TYPE_CHECKING, Any, Final, cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from hubbub.chat.errors import HubbubError
from hubbub.server.tls.acme.signing import text_of
from hubbub.tls.self_signed import name_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import aiohttp
    from cryptography.hazmat.primitives.asymmetric import ec

    from hubbub.server.tls.acme.challenges import Challenges
    from hubbub.server.tls.acme.signing import AccountKey

LOOKS_MAX: Final = 60
LOOK_SECONDS: Final = 2.0
"""How often, and after how long, to look whether the authority is done with something."""

SHORT_LIVED: Final = "shortlived"
"""The profile in which authorities give out certificates for addresses."""

_JOSE = {"Content-Type": "application/jose+json"}
_BAD_NONCE = "urn:ietf:params:acme:error:badNonce"


class AcmeError(HubbubError):
    """The authority gives no certificate; its own words say why."""

    code = "acme"


class AcmeClient:
    """At the authority whose directory is at `directory`."""

    def __init__(
        self, http: aiohttp.ClientSession, directory: str, key: AccountKey, email: str = ""
    ) -> None:
        self._http = http
        self._address = directory
        self._key = key
        self._email = email
        self._directory: dict[str, Any] = {}
        self._account = ""
        self._nonce = ""

    async def certificate(
        self,
        names: Sequence[str],
        private: ec.EllipticCurvePrivateKey,
        challenges: Challenges,
        kind: str,
    ) -> bytes:
        """Return a certificate for these names and addresses, PEM, with its chain.

        `kind`: of the challenges that are answered. Raises AcmeError, and what aiohttp raises.
        """
        try:
            return await self._certificate(names, private, challenges, kind)
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            what = f"{type(error).__name__}: {error}"
            raise AcmeError(f"The authority's answer cannot be read ({what}).") from error

    async def _certificate(
        self,
        names: Sequence[str],
        private: ec.EllipticCurvePrivateKey,
        challenges: Challenges,
        kind: str,
    ) -> bytes:
        await self._open_account()
        wanted: dict[str, object] = {"identifiers": [_identifier(name) for name in names]}
        has_address = any(_is_address(name) for name in names)
        if has_address and SHORT_LIVED in self._directory.get("meta", {}).get("profiles", {}):
            wanted["profile"] = SHORT_LIVED
        order, place = await self._ask(self._directory["newOrder"], wanted)
        for authorization in order["authorizations"]:
            await self._authorize(authorization, challenges, kind)
        await self._ask(order["finalize"], {"csr": text_of(_request(names, private))})
        order = await self._done(place)
        return await self._fetched(order["certificate"])

    async def _open_account(self) -> None:
        async with self._http.get(self._address) as answer:
            answer.raise_for_status()
            self._directory = await answer.json()
        account: dict[str, object] = {"termsOfServiceAgreed": True}
        if self._email:
            account["contact"] = [f"mailto:{self._email}"]
        _, self._account = await self._ask(self._directory["newAccount"], account)

    async def _authorize(self, address: str, challenges: Challenges, kind: str) -> None:
        authorization, _ = await self._ask(address, None)
        if authorization["status"] == "valid":
            return
        name = authorization["identifier"]["value"]
        offered = {one["type"]: one for one in authorization["challenges"]}
        if kind not in offered:
            raise AcmeError(f"The authority offers no {kind} for {name}, but {', '.join(offered)}.")
        proof = self._key.authorization(offered[kind]["token"])
        if kind == "http-01":
            answering = challenges.answered_by_text(offered[kind]["token"], proof)
        else:
            answering = challenges.answered_by_certificate(name, proof)
        with answering:
            await self._ask(offered[kind]["url"], {})
            await self._done(address)

    async def _done(self, address: str) -> dict[str, Any]:
        """Wait until the authority is done with something; raise AcmeError if it fails."""
        for _ in range(LOOKS_MAX):
            found, _ = await self._ask(address, None)
            if found["status"] == "valid":
                return found
            if found["status"] == "invalid":
                errors = [one.get("error") for one in found.get("challenges", [found])]
                said = "; ".join(one["detail"] for one in errors if one and one.get("detail"))
                raise AcmeError(f"The authority does not accept it: {said or found['status']}.")
            await asyncio.sleep(LOOK_SECONDS)
        raise AcmeError("The authority takes too long.")

    async def _fetched(self, address: str) -> bytes:
        async with await self._post(address, None) as answer:
            return await answer.read()

    async def _ask(self, address: str, said: object) -> tuple[dict[str, Any], str]:
        """Return the answer, and the address of what it made."""
        async with await self._post(address, said) as answer:
            return cast("dict[str, Any]", await answer.json()), answer.headers.get("Location", "")

    async def _post(self, address: str, said: object) -> aiohttp.ClientResponse:
        for tries_left in (True, False):
            if not self._nonce:
                async with self._http.head(self._directory["newNonce"]) as answer:
                    self._nonce = answer.headers["Replay-Nonce"]
            who = {"kid": self._account} if self._account else {"jwk": self._key.public}
            head: dict[str, object] = {"nonce": self._nonce, "url": address, **who}
            body = self._key.signed(head, said)
            answer = await self._http.post(address, data=body, headers=_JOSE)
            self._nonce = answer.headers.get("Replay-Nonce", "")
            if answer.ok:
                return answer
            problem = await answer.json(content_type=None)
            if problem.get("type") != _BAD_NONCE or not tries_left:
                raise AcmeError(f"The authority refuses: {problem.get('detail', answer.reason)}")
        raise AssertionError("the last try returns or raises")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _identifier(name: str) -> dict[str, str]:
    return {"type": "ip" if _is_address(name) else "dns", "value": name}


def _request(names: Sequence[str], private: ec.EllipticCurvePrivateKey) -> bytes:
    """Return what the authority is to sign (PKCS #10, DER)."""
    own = x509.SubjectAlternativeName([name_of(name) for name in names])
    built = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    signed = built.add_extension(own, critical=False).sign(private, hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.DER)
