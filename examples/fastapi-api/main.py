"""The three endpoints of ZITADEL's guide for APIs in FastAPI, behind the gateway: no keys, no tokens, no OAuth."""

import os
import secrets
from typing import List, Optional
from urllib.parse import unquote

from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel

# Copies of the gateway's UPSTREAM_SECRET; two, separated by a comma, while it rotates.
GATEWAY_SECRETS = [secret for secret in os.environ.get("GATEWAY_SECRET", "").split(",") if secret]
if not GATEWAY_SECRETS:
    raise RuntimeError("GATEWAY_SECRET is empty: without it anybody could write the gateway's headers.")


class Caller(BaseModel):
    id: str
    email: Optional[str] = None
    roles: List[str] = []


def through_gateway(x_gateway_secret: str = Header("")) -> None:
    """The headers are worth something only because no one else can send them."""
    given = x_gateway_secret.encode()
    if not any([secrets.compare_digest(given, secret.encode()) for secret in GATEWAY_SECRETS]):
        raise HTTPException(403, "This API is reached through its gateway only")


def caller(
    x_forwarded_user: Optional[str] = Header(None),
    x_forwarded_email: Optional[str] = Header(None),
    x_forwarded_roles: str = Header(""),
) -> Caller:
    """Whoever the gateway names. It percent-encodes what is no printable ASCII, and a comma inside a role."""
    if x_forwarded_user is None:
        raise HTTPException(401, "Invalid authentication credentials", {"WWW-Authenticate": "Bearer"})
    roles = [unquote(role) for role in x_forwarded_roles.split(",") if role]
    return Caller(id=x_forwarded_user, email=x_forwarded_email and unquote(x_forwarded_email), roles=roles)


def administrator(somebody: Caller = Depends(caller)) -> Caller:
    """A second lock. The first is the rule in wrangler.toml."""
    if "admin" not in somebody.roles:
        raise HTTPException(403, "Admin access required")
    return somebody


# The documentation pages are for development; the last rule of routes.toml denies them.
app = FastAPI(title="API behind the gateway", dependencies=[Depends(through_gateway)])


@app.get("/api/public")
def public():
    return {"message": "Public endpoint - no authentication required"}


@app.get("/api/protected")
def protected(somebody: Caller = Depends(caller)):
    return {"message": "Protected endpoint", "user_id": somebody.id, "email": somebody.email}


@app.get("/api/admin")
def admin(somebody: Caller = Depends(administrator)):
    return {"message": "Admin endpoint", "user_id": somebody.id}
