"""The guard of the web: before every request it asks who that is, and whether the table of routes lets them through.

A route that is not in the table is refused to everybody. A person proves who they are by the cookie of a session, and
every request of theirs that may change something by a token against forgery (CSRF) as well; another system by a bearer
token, on the routes that take one and on no others, so that no cookie can ever be made to push data.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256

from flask import Flask, g, request
from werkzeug.exceptions import BadRequest, Forbidden, Unauthorized

from monitor.actor import Actor, acting
from monitor.rights import Right, Who
from monitor.settings import now
from monitor.verbs.signing_in import NotProved, session_of
from monitor.verbs.tokens import token_of
from monitor.wiring import Monitor

SESSION, VISITOR = "approval_session", "approval_visitor"  # cookies; scripts see neither
CSRF_COOKIE, CSRF_HEADER, CSRF_FIELD = "_csrf_token", "X-CSRFToken", "csrf_token"  # as Dash names the first two
MEBIBYTE = 1 << 20
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class By(Enum):
    """What a route asks for."""

    NOTHING = "nothing"
    SESSION = "session"
    BEARER = "bearer"
    EITHER = "either"  # a token where one is brought, else a session


@dataclass(frozen=True)
class Rule:
    """Who may use a route. ``right``: None, everybody who has proved who they are. ``unsettled``: also whoever has to
    change the password first. ``limit``: bytes of a body."""

    by: By
    right: Right | None = None
    unsettled: bool = False
    limit: int = MEBIBYTE


OPEN = Rule(By.NOTHING)
SIGNED_IN = Rule(By.SESSION)
UNSETTLED = Rule(By.SESSION, unsettled=True)
EITHER = Rule(By.EITHER)


def session(right: Right, *, limit: int = MEBIBYTE) -> Rule:
    """For people with a right."""
    return Rule(By.SESSION, right, limit=limit)


def bearer(right: Right, *, limit: int = MEBIBYTE) -> Rule:
    """For other systems with a right."""
    return Rule(By.BEARER, right, limit=limit)


class MustChange(Forbidden):
    """The password has to be changed before anything else."""


class Forged(BadRequest):
    """A request that may change something, without a token that fits."""


class Guard:
    """Stands before a server. ``rules``: by endpoint; each room of routes adds its own with `allow`."""

    def __init__(self, monitor: Monitor, key: bytes) -> None:
        """``key``: of the tokens against forgery; the same in all processes, and nobody else's."""
        self._monitor, self._key = monitor, key
        self.rules: dict[str, Rule] = {}

    def allow(self, rules: Mapping[str, Rule]) -> None:
        """Adds rules. Raises ValueError for an endpoint that has another one."""
        for endpoint, rule in rules.items():
            if self.rules.setdefault(endpoint, rule) != rule:
                raise ValueError(f"endpoint {endpoint} has two rules")

    def stand_before(self, server: Flask) -> None:
        """From here on every request of the server is asked; it is the first that it is asked."""
        server.before_request_funcs.setdefault(None, []).insert(0, self.ask)
        server.teardown_request(_leave)

    def ask(self) -> None:
        """Raises Unauthorized, Forbidden or Forged where a request is not let through."""
        g.who = None
        if request.endpoint is None:  # no such route, or not by this method: the server says so
            g.who = self.person(needed=False) if SESSION in request.cookies else None
            return
        rule = self.rules.get(request.endpoint)
        if rule is None:
            raise Forbidden("no rule")
        request.max_content_length = rule.limit
        by = rule.by
        if by is By.EITHER:
            by = By.BEARER if "Authorization" in request.headers else By.SESSION
        if by is By.BEARER:
            g.who = self.bearer()
        elif by is By.SESSION or SESSION in request.cookies:
            g.who = self.person(needed=by is By.SESSION)
        if by is not By.NOTHING:  # before the body is looked at, which may be large
            if g.who.must_change and not rule.unsettled:
                raise MustChange
            if rule.right is not None and not g.who.may(rule.right):
                raise Forbidden(rule.right.value)
        if by is not By.BEARER and request.method not in _SAFE:
            self._check_forgery()
        self._act()

    def person(self, *, needed: bool) -> Who | None:
        """Whose session the request brings; None where there is none, and none is needed."""
        token = request.cookies.get(SESSION, "")
        try:
            return session_of(self._monitor.database, token, limits=self._monitor.limits, now=now())
        except NotProved as error:
            if needed:
                raise Unauthorized(error.problem) from error
            return None

    def bearer(self) -> Who:
        """For whom the token of the request acts."""
        kind, _blank, token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            raise Unauthorized("no token")
        try:
            return token_of(self._monitor.database, token.strip(), now=now())
        except NotProved as error:
            raise Unauthorized(error.problem) from error

    def csrf_token(self) -> str:
        """The token that proves that a request comes from a page that this visitor was given."""
        known = request.cookies.get(SESSION) if g.get("who") else None
        return self._mac("session", known) if known else self._mac("visitor", self.visitor())

    def visitor(self) -> str:
        """What a browser is known by that nobody has signed in with yet; `keep` gives it to the browser."""
        if "visitor" not in g:
            g.visitor = request.cookies.get(VISITOR) or secrets.token_urlsafe(24)
        return str(g.visitor)

    def _mac(self, kind: str, text: str) -> str:
        return hmac.new(self._key, f"{kind}:{text}".encode("utf-8", "surrogatepass"), sha256).hexdigest()

    def _check_forgery(self) -> None:
        told = request.headers.get(CSRF_HEADER) or request.form.get(CSRF_FIELD, "")
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            raise Forged("another site")
        if not g.who and VISITOR not in request.cookies:
            raise Forged("no visitor")
        if not hmac.compare_digest(told.encode("utf-8", "surrogatepass"), self.csrf_token().encode()):
            raise Forged("token")

    def _act(self) -> None:
        """For the rest of the request the trail knows who acts."""
        who, door = g.who, "api" if g.who and g.who.token else "web"
        named = Actor(who.name if who else "", who.role.value if who else "", door, request.remote_addr or "")
        g.acting = ExitStack()
        g.acting.enter_context(acting(named))


def _leave(_error: BaseException | None) -> None:
    stack = g.pop("acting", None)
    if stack is not None:
        stack.close()


def who() -> Who:
    """Who makes this request. Raises Unauthorized where nobody has proved to be anybody."""
    found: Who | None = g.get("who")
    if found is None:
        raise Unauthorized
    return found


def require(right: Right) -> Who:
    """Who makes this request, if they may. Raises Unauthorized, or Forbidden."""
    found = who()
    if not found.may(right):
        raise Forbidden(right.value)
    return found
