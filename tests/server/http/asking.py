"""HTTP requests as a script makes them."""

import http.client
import json
from typing import Any, NamedTuple

from hubbub.testing import LocalServer

PATIENCE_SECONDS = 30


class Answer(NamedTuple):
    """A response, its headers with names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, decoded."""
        assert "json" in self.headers["content-type"]
        return json.loads(self.body)

    @property
    def refusal(self) -> tuple[int, str]:
        """Status and code of a problem (RFC 9457), which must have a sentence."""
        assert self.headers["content-type"] == "application/problem+json"
        problem = self.json
        assert problem["status"] == self.status
        assert problem["detail"].endswith(".")
        return self.status, problem["code"]


def ask(
    server: LocalServer,
    path: str,
    body: object = None,
    *,
    method: str | None = None,
    **headers: str,
) -> Answer:
    """Ask once; `body` is posted, as JSON if it is no bytes. `_` in `headers` stands for `-`."""
    connection = http.client.HTTPConnection(server.host, server.port, timeout=PATIENCE_SECONDS)
    try:
        connection.request(
            method or ("GET" if body is None else "POST"),
            path,
            body if body is None or isinstance(body, bytes) else json.dumps(body),
            {name.replace("_", "-"): value for name, value in headers.items()},
        )
        response = connection.getresponse()
        named = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, named, response.read())
    finally:
        connection.close()


def units_of_strangers(server: LocalServer) -> float:
    """Return what was charged so far to those who speak HTTP, and to this question."""
    lines = ask(server, "/metrics").body.decode().splitlines()
    (found,) = [
        one for one in lines if one.startswith('hubbub_work_units_total{whose="strangers"}')
    ]
    return float(found.split()[-1])
