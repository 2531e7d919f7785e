"""Refusals over HTTP: a status, a code for programs, and a sentence for people (RFC 9457)."""

from http import HTTPStatus

import msgspec
from aiohttp import web

from hubbub.chat.errors import Damaged, HubbubError, LogError, Refused
from hubbub.faults import faults
from hubbub.server.notes import logger

STATUSES = {
    "bad_command": HTTPStatus.BAD_REQUEST,
    "bad_request": HTTPStatus.BAD_REQUEST,
    "banned": HTTPStatus.FORBIDDEN,
    "damaged": HTTPStatus.INTERNAL_SERVER_ERROR,
    "empty": HTTPStatus.BAD_REQUEST,
    "forbidden": HTTPStatus.FORBIDDEN,
    "foreign_origin": HTTPStatus.FORBIDDEN,
    "log_unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "method_not_allowed": HTTPStatus.METHOD_NOT_ALLOWED,
    "muted": HTTPStatus.FORBIDDEN,
    "name_not_allowed": HTTPStatus.BAD_REQUEST,
    "name_taken": HTTPStatus.CONFLICT,
    "no_space": HTTPStatus.INSUFFICIENT_STORAGE,
    "no_such_file": HTTPStatus.NOT_FOUND,
    "no_such_hook": HTTPStatus.NOT_FOUND,
    "no_such_room": HTTPStatus.NOT_FOUND,
    "no_such_upload": HTTPStatus.NOT_FOUND,
    "not_admitted": HTTPStatus.FORBIDDEN,
    "not_found": HTTPStatus.NOT_FOUND,
    "not_here": HTTPStatus.NOT_FOUND,
    "not_ready": HTTPStatus.SERVICE_UNAVAILABLE,
    "password_needed": HTTPStatus.UNAUTHORIZED,
    "room_not_allowed": HTTPStatus.BAD_REQUEST,
    "server_fault": HTTPStatus.INTERNAL_SERVER_ERROR,
    "slow_body": HTTPStatus.REQUEST_TIMEOUT,
    "slow_mode": HTTPStatus.TOO_MANY_REQUESTS,
    "slow_down": HTTPStatus.TOO_MANY_REQUESTS,
    "too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "too_long": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "too_much": HTTPStatus.TOO_MANY_REQUESTS,
    "too_many_rooms": HTTPStatus.SERVICE_UNAVAILABLE,
    "unknown_host": HTTPStatus.MISDIRECTED_REQUEST,
    "tls_needed": HTTPStatus.UPGRADE_REQUIRED,
    "upgrade_required": HTTPStatus.UPGRADE_REQUIRED,
    "wrong_offset": HTTPStatus.CONFLICT,
    "wrong_password": HTTPStatus.UNAUTHORIZED,
    "wrong_token": HTTPStatus.UNAUTHORIZED,
}

_HEADERS = {
    HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": "5"},
    HTTPStatus.TOO_MANY_REQUESTS: {"Retry-After": "10"},
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": "Bearer"},
    HTTPStatus.UPGRADE_REQUIRED: {"Upgrade": "websocket"},
}


UNAVAILABLE = "The server cannot use its log now. Try again in a while."
DAMAGED = "The server's log is damaged where this stands, and it cannot be read any more."


class _Problem(msgspec.Struct):
    title: str
    status: int
    detail: str
    code: str
    type: str = "about:blank"


def problem_of(error: BaseException, connection: str = "") -> web.Response:
    """Return what is answered where a request of a `connection` ended in `error`.

    What is not the client's fault is noted.
    """
    match error:
        case LogError():
            logger.warning("the log cannot be used", connection=connection, reason=str(error))
            return _problem(error.code, DAMAGED if isinstance(error, Damaged) else UNAVAILABLE)
        case HubbubError():
            response = _problem(error.code, str(error))
            if isinstance(error, Refused) and error.retry_after is not None:
                response.headers["Retry-After"] = f"{error.retry_after}"
            if error.code == "tls_needed":
                response.headers["Upgrade"] = "TLS/1.2, HTTP/1.1"  # RFC 2817
            return response
        case web.HTTPNotFound():
            return _problem("not_found", "There is nothing at this path. GET /api lists the paths.")
        case web.HTTPMethodNotAllowed(allowed_methods=methods):
            allowed = ", ".join(sorted(methods))
            response = _problem("method_not_allowed", f"This path takes {allowed}.")
            response.headers["Allow"] = allowed
            return response
        case web.HTTPRequestEntityTooLarge():
            return _problem("too_long", "The request is too large. Send it in shorter pieces.")
        case _:
            faults.note("a request failed", error, connection=connection)
            return _problem("server_fault", "The server has a fault and cannot answer this.")


def _problem(code: str, sentence: str) -> web.Response:
    status = STATUSES.get(code, HTTPStatus.BAD_REQUEST)
    return web.Response(
        status=status,
        body=msgspec.json.encode(_Problem(status.phrase, status, sentence, code)),
        content_type="application/problem+json",
        headers=_HEADERS.get(status),
    )
