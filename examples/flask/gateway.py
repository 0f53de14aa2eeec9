"""Who is asking, from the gateway's headers. The file to copy into an application of your own."""

import hmac
import os
from functools import wraps
from hashlib import sha256
from urllib.parse import unquote, urlencode

from flask import abort, current_app, g, redirect, request
from werkzeug.middleware.proxy_fix import ProxyFix


class Visitor:
    """Somebody signed in."""

    def __init__(self, headers):
        self.id = read_header(headers, "X-Forwarded-User")
        self.email = read_header(headers, "X-Forwarded-Email")  # only if ZITADEL has verified it
        self.username = read_header(headers, "X-Forwarded-Preferred-Username")
        self.name = read_header(headers, "X-Forwarded-Name") or self.username or self.id
        self.roles = read_list(headers, "X-Forwarded-Roles")
        self.organization = read_header(headers, "X-Forwarded-Org")


def read_header(headers, name):
    """Text, or None. The gateway percent-encodes what is no printable ASCII."""
    value = headers.get(name)
    return None if value is None else unquote(value)


def read_list(headers, name):
    """Split first, decode then: a comma inside an item is encoded."""
    return [unquote(item) for item in headers.get(name, "").split(",") if item]


def init_app(app):
    """Refuses whoever does not come through the gateway, and sets g.visitor for everybody else: a Visitor, or None."""
    # Two values, separated by a comma, while the gateway's UPSTREAM_SECRET rotates.
    secrets = [secret for secret in os.environ.get("GATEWAY_SECRET", "").split(",") if secret]
    if not secrets:
        raise RuntimeError("GATEWAY_SECRET is missing: without it anybody could write the gateway's headers.")
    app.config["GATEWAY_SECRETS"] = secrets
    # Host and scheme as the visitor sees them, for url_for and redirects.
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)

    @app.before_request
    def read_visitor():
        given = request.headers.get("X-Gateway-Secret", "").encode()
        if not any([hmac.compare_digest(given, secret.encode()) for secret in secrets]):
            return "This application is reached through its gateway only.\n", 403, {"Content-Type": "text/plain"}
        g.visitor = Visitor(request.headers) if "X-Forwarded-User" in request.headers else None
        if request.method == "POST" and not has_csrf_token():
            abort(400, "The form has no token, or another user's.")

    app.jinja_env.globals.update(csrf_token=csrf_token)


def sign_in():
    """To the gateway's sign-in, and back here after it."""
    return redirect("/auth/login?" + urlencode({"return_to": request.full_path.rstrip("?")}))


def login_required(view):
    @wraps(view)
    def guarded(*args, **kwargs):
        return view(*args, **kwargs) if g.visitor else sign_in()

    return guarded


def role_required(*roles):
    """One of these roles suffices."""

    def decorate(view):
        @login_required
        @wraps(view)
        def guarded(*args, **kwargs):
            return view(*args, **kwargs) if set(roles) & set(g.visitor.roles) else abort(403, "Access denied")

        return guarded

    return decorate


def csrf_token():
    """Belongs to the user and needs no session: another site can neither read nor compute it."""
    key = current_app.config["GATEWAY_SECRETS"][0].encode()
    return hmac.new(key, b"csrf:" + (g.visitor.id.encode() if g.visitor else b""), sha256).hexdigest()


def has_csrf_token():
    return hmac.compare_digest(request.form.get("csrf_token", "").encode(), csrf_token().encode())
