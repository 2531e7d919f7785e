"""What a host shows to guests: addresses and the password."""

from urllib.parse import quote


def page_url(host: str, port: int, password: str = "") -> str:
    """Return the address of the page, with the password as its fragment, which no browser sends."""
    url = f"http://{host}:{port}/"
    return f"{url}#password={quote(password, safe='')}" if password else url


def invitation(hosts: list[str], port: int, password: str) -> list[str]:
    """Return the lines that say how to join."""
    lines = [f"in a browser:   {page_url(host, port)}" for host in hosts]
    lines += [f"in a terminal:  hubbub join {host}:{port}" for host in hosts]
    lines.append(f"the password:   {password}" if password else "no password:    anyone may join")
    return lines
