"""Settings of an API behind the gateway: no users, no sessions, no database, no OAuth."""

import os
import secrets
from urllib.parse import urlsplit

# Where clients go: the origin of the gateway's ZITADEL_CALLBACK_URL.
PUBLIC_ORIGIN = os.environ.get("PUBLIC_ORIGIN", "http://localhost:8787")

# Copies of the gateway's UPSTREAM_SECRET; two, separated by a comma, while it rotates.
GATEWAY_SECRETS = [secret for secret in os.environ.get("GATEWAY_SECRET", "").split(",") if secret]

# Believing the host is safe because GatewayOnlyMiddleware refuses whoever comes past the gateway.
USE_X_FORWARDED_HOST = True
ALLOWED_HOSTS = [urlsplit(PUBLIC_ORIGIN).hostname]

MIDDLEWARE = ["api.gateway.GatewayOnlyMiddleware"]
ROOT_URLCONF = "api.urls"
SECRET_KEY = secrets.token_urlsafe(50)
DEBUG = os.environ.get("DJANGO_DEBUG") == "1"
USE_TZ = True
