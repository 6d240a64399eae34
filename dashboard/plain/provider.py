"""Signing in with the OpenID Connect provider of the office, by authlib: code flow with PKCE, state and nonce."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, Response, make_response, request, session
from joserfc.errors import JoseError
from requests import RequestException

from dashboard.address import PROVIDER, rooted
from dashboard.callbacks import report
from dashboard.plain.frame import local
from monitor.doors.guard import OPEN, Rule
from monitor.settings import Settings
from monitor.text import _
from monitor.verbs.signing_in import SignedIn, SignInRefused
from monitor.wiring import Monitor

NAME = "provider"
_RULES: dict[str, Rule] = {f"people.{NAME}.leave": OPEN, f"people.{NAME}.back": OPEN}
SECONDS = 10  # that a provider may take to answer
_ONWARD, _COOKIE = "onward", "approval_provider"


@dataclass(frozen=True)
class Way:
    """The provider as the page to sign in offers it."""

    name: str
    href: str


def rules(settings: Settings) -> dict[str, Rule]:
    """Of the routes, where there are any."""
    return _RULES if settings.oidc_issuer else {}


def ways(settings: Settings) -> list[Way]:
    """The providers that an office has: one, or none."""
    if not settings.oidc_issuer:
        return []
    return [Way(settings.oidc_title or _("the provider of the office"), rooted(PROVIDER))]


def provider(
    server: Flask,
    monitor: Monitor,
    prove: Callable[[str, str], SignedIn],
    entered: Callable[[str, SignedIn], Response],
    refused: Callable[[str], Response],
) -> Blueprint:
    """The blueprint. ``prove``: of a subject and a name the session; ``entered``, ``refused``: what is answered."""
    settings, own = monitor.settings, Blueprint(NAME, __name__)
    server.secret_key = settings.key()  # of the cookie that holds state and nonce while somebody is at the provider
    server.config |= {
        "SESSION_COOKIE_NAME": _COOKIE, "SESSION_COOKIE_HTTPONLY": True, "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.secure, "SESSION_COOKIE_PATH": settings.prefix or "/",
    }  # fmt: skip
    secret = settings.oidc_client_secret
    client = OAuth(server).register(
        NAME,
        client_id=settings.oidc_client_id,
        client_secret=secret.get_secret_value() if secret else None,
        server_metadata_url=f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile", "code_challenge_method": "S256", "default_timeout": SECONDS},
    )

    @own.get(PROVIDER)
    def leave() -> Response:
        session[_ONWARD] = local(request.args.get("next", ""))
        try:
            return make_response(client.authorize_redirect(f"{settings.address}{PROVIDER}/back"))
        except (OAuthError, RequestException, ValueError, KeyError) as error:
            return _failed(error)

    @own.get(f"{PROVIDER}/back")
    def back() -> Response:
        onward = session.pop(_ONWARD, "/")
        try:
            told = client.authorize_access_token().get("userinfo") or {}
            subject, name = str(told["sub"]), str(told.get(settings.oidc_claim) or "")
            return entered(onward, prove(subject, name))
        except SignInRefused:
            return refused(_("The provider knows you, but there is no account here that is yours."))
        except (OAuthError, JoseError, RequestException, ValueError, KeyError) as error:
            return _failed(error)
        finally:
            session.clear()

    def _failed(error: Exception) -> Response:
        number = report(error, NAME)
        return refused(_("The provider did not confirm who you are (error {n}).").format(n=number))

    return own
