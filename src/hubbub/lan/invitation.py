"""What a host shows to guests: the password, and addresses, some of which hold a secret."""

from urllib.parse import quote

FINGERPRINT_DIGITS = 32
"""How much of a fingerprint is shown for a certificate that nothing else can be checked by."""


def page_url(host: str, port: int, password: str = "", *, secure: bool = False) -> str:
    """Return the address of the page, with the password as its fragment, which no browser sends."""
    url = f"{'https' if secure else 'http'}://{host}:{port}/"
    return f"{url}#password={quote(password, safe='')}" if password else url


def invitation_url(page: str, secret: str) -> str:
    """Return the page's address for whoever is invited, with the secret as its fragment.

    `page`: as in `http://HOST:PORT`.
    """
    return f"{page}/#invite={secret}"


def link_url(page: str, code: str) -> str:
    """Return the page's address for another device of one's own, with the code as its fragment."""
    return f"{page}/#link={code}"


def hook_url(page: str, secret: str) -> str:
    """Return the address at which a service posts by a webhook."""
    return f"{page}/hooks/{secret}"


def invitation(
    hosts: list[str],
    port: int,
    password: str,
    *,
    fingerprint: str = "",
    browsers_secure: bool = False,
) -> list[str]:
    """Return the lines that say how to join. `fingerprint`: that of the certificate for TLS."""
    lines = [f"in a browser:   {page_url(host, port, secure=browsers_secure)}" for host in hosts]
    scheme = "hubbubs://" if fingerprint else ""
    named = f"/#fp={fingerprint[:FINGERPRINT_DIGITS]}" if fingerprint and not password else ""
    lines += [f"in a terminal:  hubbub join {scheme}{host}:{port}{named}" for host in hosts]
    lines.append(f"the password:   {password}" if password else "no password:    anyone may join")
    return lines
