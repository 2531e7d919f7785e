"""Connections that are lost before aiohttp has begun to answer them are no fault of ours."""

import asyncio
from collections.abc import Callable
from unittest.mock import Mock

import pytest
from aiohttp import web

from hubbub.server.http.site import Site, _Answering
from hubbub.server.sockets.deadlines import Deadlines
from hubbub.sidecar import answering as of_side_cars
from hubbub.sidecar.strangers import Strangers
from hubbub.testing import LocalServer
from tests.interop.raw import RawPeer
from tests.server.http.asking import ask


async def _answer(_request: web.BaseRequest) -> web.Response:
    return web.Response()


def of_the_server(server: web.Server) -> web.RequestHandler:
    loop = asyncio.get_running_loop()
    return _Answering(server, Deadlines(1.0, loop.time), loop=loop)


def of_the_side_car(server: web.Server) -> web.RequestHandler:
    answering = of_side_cars.Answering(server, loop=asyncio.get_running_loop())
    answering.strangers = Mock(Strangers)
    return answering


@pytest.mark.parametrize("answering", [of_the_server, of_the_side_car])
def test_a_connection_that_is_lost_at_once_is_forgotten(
    monkeypatch: pytest.MonkeyPatch, answering: Callable[[web.Server], web.RequestHandler]
) -> None:
    monkeypatch.setattr(of_side_cars, "is_of_another", lambda *_: False)

    async def lose() -> list[object]:
        protocol = answering(web.Server(_answer))
        transport = Mock(asyncio.Transport)
        transport.get_extra_info = {"peername": ("127.0.0.1", 1), "sockname": ("127.0.0.1", 2)}.get
        protocol.connection_made(transport)
        protocol.data_received(b"G")
        protocol.connection_lost(None)
        begun = asyncio.all_tasks() - {asyncio.current_task()}
        return [*await asyncio.gather(*begun, return_exceptions=True)]

    assert set(asyncio.run(lose())) <= {None}


def test_a_request_that_comes_while_the_server_stops_is_let_go(
    hubbub_server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ask(hubbub_server, "/api").status == 200
    with monkeypatch.context() as stopping:
        stopping.setattr(Site, "is_closed", True)
        with RawPeer(hubbub_server.host, hubbub_server.port) as peer:
            peer.send(b"GET /api HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert peer.rest() == b""
    assert ask(hubbub_server, "/api").status == 200
