"""A small OpenID Connect provider that really runs, on loopback: it asks nobody for a password."""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "monitor", "made up"


@dataclass
class Provider:
    """``person``: who is signed in there; the other fields are what it does wrong, if anything."""

    base: str = ""
    person: dict[str, str] = field(default_factory=lambda: {"sub": "s-1", "preferred_username": "li"})
    claims: dict[str, Any] = field(default_factory=dict)  # put in the place of true ones
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    signs_with: RSAKey | None = None
    algorithm: str = "RS256"
    fails: bool = False
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)


def _app(here: Provider) -> Flask:
    app = Flask("provider")

    @app.get("/.well-known/openid-configuration")
    def metadata() -> Response:
        ends = {name: f"{here.base}/{name}" for name in ("authorize", "token", "jwks")}
        return jsonify(
            issuer=here.base, authorization_endpoint=ends["authorize"], token_endpoint=ends["token"],
            jwks_uri=ends["jwks"], id_token_signing_alg_values_supported=["RS256"],
            response_types_supported=["code"], subject_types_supported=["public"],
        )  # fmt: skip

    @app.get("/jwks")
    def jwks() -> Response:
        return jsonify(keys=[here.key.as_dict(private=False)])

    @app.get("/authorize")
    def authorize() -> Any:
        told = request.args.to_dict()
        here.asked.append(told)
        code = secrets.token_urlsafe(16)
        here.codes[code] = told
        return redirect(f"{told['redirect_uri']}?{urlencode({'code': code, 'state': told['state']})}")

    @app.post("/token")
    def token() -> Any:
        told = here.codes.pop(request.form.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if here.fails or told is None or request.headers.get("Authorization") != f"Basic {basic}":
            return jsonify(error="invalid_grant"), 400
        proof = hashlib.sha256(request.form["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(proof).rstrip(b"=").decode() != told["code_challenge"]:
            return jsonify(error="invalid_grant"), 400
        now = int(time.time())
        claims = {"iss": here.base, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": told["nonce"]}
        header = {"alg": here.algorithm, "kid": "one"}
        signed = jwt.encode(header, claims | here.person | here.claims, here.signs_with or here.key, [here.algorithm])
        return jsonify(access_token="x", token_type="Bearer", expires_in=300, id_token=signed)

    return app


@contextmanager
def running() -> Iterator[Provider]:
    """A provider for the length of the block."""
    here = Provider()
    server = make_server("127.0.0.1", 0, _app(here), threaded=True)
    here.base = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        thread.join()
