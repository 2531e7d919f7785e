"""What a host shows to guests: the password, and addresses, some of which hold a secret."""

from urllib.parse import quote


def page_url(host: str, port: int, password: str = "") -> str:
    """Return the address of the page, with the password as its fragment, which no browser sends."""
    url = f"http://{host}:{port}/"
    return f"{url}#password={quote(password, safe='')}" if password else url


def invitation_url(address: str, secret: str) -> str:
    """Return the page's address for whoever is invited, with the secret as its fragment."""
    return f"http://{address}/#invite={secret}"


def link_url(address: str, code: str) -> str:
    """Return the page's address for another device of one's own, with the code as its fragment."""
    return f"http://{address}/#link={code}"


def hook_url(address: str, secret: str) -> str:
    """Return the address at which a service posts by a webhook."""
    return f"http://{address}/hooks/{secret}"


def invitation(hosts: list[str], port: int, password: str) -> list[str]:
    """Return the lines that say how to join."""
    lines = [f"in a browser:   {page_url(host, port)}" for host in hosts]
    lines += [f"in a terminal:  hubbub join {host}:{port}" for host in hosts]
    lines.append(f"the password:   {password}" if password else "no password:    anyone may join")
    return lines
