"""Refusals over HTTP: a status, a code for programs, and a sentence for people (RFC 9457)."""

from http import HTTPStatus

import msgspec
import structlog
from aiohttp import web

from hubbub.chat.errors import HubbubError, LogError

STATUSES = {
    "bad_command": HTTPStatus.BAD_REQUEST,
    "bad_request": HTTPStatus.BAD_REQUEST,
    "empty": HTTPStatus.BAD_REQUEST,
    "foreign_origin": HTTPStatus.FORBIDDEN,
    "log_unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "method_not_allowed": HTTPStatus.METHOD_NOT_ALLOWED,
    "name_not_allowed": HTTPStatus.BAD_REQUEST,
    "name_taken": HTTPStatus.CONFLICT,
    "no_such_room": HTTPStatus.NOT_FOUND,
    "not_found": HTTPStatus.NOT_FOUND,
    "password_needed": HTTPStatus.UNAUTHORIZED,
    "room_not_allowed": HTTPStatus.BAD_REQUEST,
    "server_fault": HTTPStatus.INTERNAL_SERVER_ERROR,
    "slow_body": HTTPStatus.REQUEST_TIMEOUT,
    "slow_down": HTTPStatus.TOO_MANY_REQUESTS,
    "too_long": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "too_many_rooms": HTTPStatus.SERVICE_UNAVAILABLE,
    "unknown_host": HTTPStatus.MISDIRECTED_REQUEST,
    "upgrade_required": HTTPStatus.UPGRADE_REQUIRED,
    "wrong_password": HTTPStatus.UNAUTHORIZED,
}

_HEADERS = {
    HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": "5"},
    HTTPStatus.TOO_MANY_REQUESTS: {"Retry-After": "10"},
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": "Bearer"},
    HTTPStatus.UPGRADE_REQUIRED: {"Upgrade": "websocket"},
}


class _Problem(msgspec.Struct):
    title: str
    status: int
    detail: str
    code: str
    type: str = "about:blank"


logger = structlog.get_logger()


def problem_of(error: BaseException) -> web.Response:
    """Return what is answered where a request ended in `error`; note what is not the client's."""
    match error:
        case LogError():
            logger.warning("the log cannot be used", reason=str(error))
            return _problem(error.code, "The server cannot use its log now. Try again in a while.")
        case HubbubError():
            return _problem(error.code, str(error))
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
            logger.error("a request failed", exc_info=error)
            return _problem("server_fault", "The server has a fault and cannot answer this.")


def _problem(code: str, sentence: str) -> web.Response:
    status = STATUSES.get(code, HTTPStatus.BAD_REQUEST)
    return web.Response(
        status=status,
        body=msgspec.json.encode(_Problem(status.phrase, status, sentence, code)),
        content_type="application/problem+json",
        headers=_HEADERS.get(status),
    )
