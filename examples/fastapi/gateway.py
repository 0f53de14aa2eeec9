"""Who is asking, from the gateway's headers. The file to copy into an application of your own."""

import hmac
import os
from typing import List, Optional
from urllib.parse import unquote, urlencode

from fastapi import Depends, HTTPException, Request
from pydantic import BaseModel
from starlette.responses import PlainTextResponse

# Two values, separated by a comma, while the gateway's UPSTREAM_SECRET rotates.
SECRETS = [secret.encode() for secret in os.environ.get("GATEWAY_SECRET", "").split(",") if secret]
if not SECRETS:
    raise RuntimeError("GATEWAY_SECRET is missing: without it anybody could write the gateway's headers.")


class Visitor(BaseModel):
    """Somebody signed in, or a machine with a bearer token. A JWT says neither name nor e-mail."""

    id: str
    name: Optional[str]
    email: Optional[str]  # only if ZITADEL has verified it
    username: Optional[str]
    roles: List[str]
    organization: Optional[str]


class GatewayOnly:
    """Refuses whoever does not come through the gateway, WebSockets included."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan" or is_from_gateway(scope):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            refusal = PlainTextResponse("This application is reached through its gateway only.\n", status_code=403)
            await refusal(scope, receive, send)


def is_from_gateway(scope):
    given = dict(scope["headers"]).get(b"x-gateway-secret", b"")
    return any([hmac.compare_digest(given, secret) for secret in SECRETS])


def read_header(request, name):
    """Text, or None. The gateway percent-encodes what is no printable ASCII."""
    value = request.headers.get(name)
    return None if value is None else unquote(value)


def read_list(request, name):
    """Split first, decode then: a comma inside an item is encoded."""
    return [unquote(item) for item in request.headers.get(name, "").split(",") if item]


def visitor(request: Request) -> Optional[Visitor]:
    """None for somebody who is not signed in, as happens on public routes."""
    user_id = read_header(request, "X-Forwarded-User")
    if user_id is None:
        return None
    return Visitor(
        id=user_id,
        name=read_header(request, "X-Forwarded-Name"),
        email=read_header(request, "X-Forwarded-Email"),
        username=read_header(request, "X-Forwarded-Preferred-Username"),
        roles=read_list(request, "X-Forwarded-Roles"),
        organization=read_header(request, "X-Forwarded-Org"),
    )


def api_user(found: Optional[Visitor] = Depends(visitor)) -> Visitor:
    if found is None:
        raise HTTPException(401, "Invalid authentication credentials", {"WWW-Authenticate": "Bearer"})
    return found


def api_role(role: str):
    def check(found: Visitor = Depends(api_user)) -> Visitor:
        if role not in found.roles:
            raise HTTPException(403, f"{role.capitalize()} access required")
        return found

    return check


def own_page(request: Request) -> None:
    """For what changes something: not from a page of another site. Machines don't say where they come from, and bring a token."""
    if request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
        raise HTTPException(403, "Cross-site request")


def page_user(request: Request, found: Optional[Visitor] = Depends(visitor)) -> Visitor:
    """For pages: to the gateway's sign-in, and back here after it."""
    if found is None:
        here = request.url.path + ("?" + request.url.query if request.url.query else "")
        raise HTTPException(307, headers={"Location": "/auth/login?" + urlencode({"return_to": here})})
    return found


def page_role(role: str):
    def check(found: Visitor = Depends(page_user)) -> Visitor:
        if role not in found.roles:
            raise HTTPException(403, "Access denied")
        return found

    return check
