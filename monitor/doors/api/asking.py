"""What a request asks, read strictly: a query, a body of JSON, or lines of it. Nothing is guessed or passed over."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import wraps
from typing import Any, TypeVar, get_type_hints

from flask import Response, request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge

from monitor.doors.api.refused import BODY, Refused, field, of_form, of_model
from monitor.text import N_, _

JSON, LINES = "application/json", "application/x-ndjson"
Model = TypeVar("Model", bound=BaseModel)
View = Callable[..., Response]
_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPED = re.compile(rb"\\u[dD][89a-fA-F]")
_REASONS = {
    "utf8": N_("is no text in UTF-8"),
    "json": N_("is no JSON"),
    "twice": N_("has the name {name} twice in one object"),
    "number": N_("has a number that JSON does not know"),
    "half": N_("has half a letter (a lone surrogate)"),
}


def asks(view: View) -> View:
    """A view whose parameters ``path``, ``query`` and ``body`` are models of what is asked.

    They are checked here, not by flask_openapi3, which describes them: it would take any content for JSON, and a name
    that stands twice.
    """
    hints = get_type_hints(view)

    @wraps(view)
    def ask(**path: str) -> Response:
        told: dict[str, Any] = {}
        if "path" in hints:
            told["path"] = checked(hints["path"], path)
        if "query" in hints:
            told["query"] = query(hints["query"])
        elif request.args:
            reason = of_form("extra_forbidden", names="")[0]
            raise Refused(422, [field(name, value, reason) for name, value in request.args.items()])
        if "body" in hints:
            told["body"] = checked(hints["body"], parsed(content(JSON)))
        return view(**told)

    ask.__delay_validate_request__ = True  # type: ignore[attr-defined]
    return ask


def checked(model: type[Model], told: Any) -> Model:
    """What was told as a model. Raises Refused."""
    try:
        return model.model_validate(told)
    except ValidationError as error:
        raise Refused(422, of_model(error, model.model_fields)) from error


def query(model: type[Model]) -> Model:
    """The query of the request as a model; a name may stand once. Raises Refused."""
    several = [name for name, values in request.args.lists() if len(values) > 1]
    if several:
        raise Refused(422, [field(name, request.args[name], *of_form("several")) for name in several])
    return checked(model, request.args.to_dict())


def content_kind() -> str:
    """Of which kind the content is, JSON or LINES. Raises Refused."""
    return _kind((JSON, LINES), f"{JSON}, {LINES}")


def _kind(kinds: tuple[str, ...], allowed: str) -> str:
    if request.mimetype not in kinds:
        reason = _("is not taken here")
        raise Refused(415, [field("Content-Type", request.headers.get("Content-Type", ""), reason, allowed)])
    encoding = request.headers.get("Content-Encoding", "identity")
    charset = request.mimetype_params.get("charset", "utf-8")
    if encoding.lower() != "identity":
        raise Refused(415, [field("Content-Encoding", encoding, _("is not taken here"), "identity")])
    if charset.lower() not in ("utf-8", "utf8"):
        raise Refused(415, [field("charset", charset, _("is not taken here"), "utf-8")])
    return request.mimetype


def content(*kinds: str) -> bytes:
    """The content of the request, of one of these kinds. Raises Refused."""
    _kind(kinds, ", ".join(kinds))
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge as error:
        most = _("{n} bytes").format(n=f"{request.max_content_length or 0:,}")
        sent = request.content_length
        raise Refused(413, [field(BODY, sent and f"{sent:,}", _("is too large"), most)]) from error


def parsed(told: bytes, line: int | None = None) -> Any:
    """A JSON text; numbers with a fraction as they are written. Raises Refused; ``line``: of which line it is."""

    def refuse(code: str, value: str | None = None, **values: str) -> Refused:
        at = {} if line is None else {"row": line}
        return Refused(400, [field(BODY, value, _(_REASONS[code]).format(**values), _("JSON in UTF-8"), **at)])

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _value in pairs]
            raise refuse("twice", name=next(name for name in names if names.count(name) > 1)[:100])
        return found

    def none_such(name: str) -> Any:
        raise refuse("number", name)

    try:
        text = told.decode("utf-8")
    except UnicodeDecodeError as error:
        raise refuse("utf8") from error
    try:
        found = json.loads(text, object_pairs_hook=once, parse_constant=none_such, parse_float=Decimal)
        if _ESCAPED.search(told) and _SURROGATE.search(json.dumps(found, ensure_ascii=False, default=str)):
            raise refuse("half")
    except json.JSONDecodeError as error:
        around = text[max(error.pos - 20, 0) : error.pos + 20]
        raise refuse("json", around) from error
    except (ValueError, ArithmeticError, RecursionError) as error:  # numbers of thousands of digits, towers of brackets
        raise refuse("number" if not isinstance(error, RecursionError) else "json") from error
    return found


def lines(told: bytes) -> Iterator[tuple[int, Any]]:
    """The objects of lines of JSON, each with the number of its line from 1. Blank lines are passed over."""
    for number, line in enumerate(told.split(b"\n"), 1):
        if line.strip():
            yield number, parsed(line, number)
