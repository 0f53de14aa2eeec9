"""Settings of a Django project behind the gateway. What the gateway needs is marked; the rest is any project's."""

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import django

BASE_DIR = Path(__file__).resolve().parent.parent

# ---- The gateway: from here ------------------------------------------------------------------------------------------

# Where visitors go: the origin of the gateway's ZITADEL_CALLBACK_URL.
PUBLIC_ORIGIN = os.environ.get("PUBLIC_ORIGIN", "http://localhost:8787")

# Copies of the gateway's UPSTREAM_SECRET; two, separated by a comma, while it rotates.
GATEWAY_SECRETS = [secret for secret in os.environ.get("GATEWAY_SECRET", "").split(",") if secret]

AUTHENTICATION_BACKENDS = ["gateway.backend.GatewayBackend"]
LOGIN_URL = "/accounts/login/"

# Host and scheme as the visitor sees them: links, redirects and the CSRF check depend on it. Believing these headers is safe
# because the gateway drops a visitor's own, and GatewayOnlyMiddleware refuses whoever comes past the gateway.
USE_X_FORWARDED_HOST = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
ALLOWED_HOSTS = [urlsplit(PUBLIC_ORIGIN).hostname]

# Django 4.0 wants origins here, older ones hosts.
CSRF_TRUSTED_ORIGINS = [PUBLIC_ORIGIN if django.VERSION >= (4, 0) else urlsplit(PUBLIC_ORIGIN).netloc]

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_ORIGIN.startswith("https://")
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

MIDDLEWARE = [
    "gateway.middleware.GatewayOnlyMiddleware",  # before everything that looks at the request
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "gateway.middleware.GatewayUserMiddleware",  # right after AuthenticationMiddleware
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

# ---- The gateway: to here --------------------------------------------------------------------------------------------

# A random one voids the sessions at each restart, which nobody notices: the next request signs in again. Several processes
# need one in common.
SECRET_KEY = os.environ.get("DJANGO_SECRET_KEY") or secrets.token_urlsafe(50)
DEBUG = os.environ.get("DJANGO_DEBUG") == "1"

INSTALLED_APPS = [
    "polls",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

ROOT_URLCONF = "mysite.urls"
WSGI_APPLICATION = "mysite.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("DATABASE", str(BASE_DIR / "db.sqlite3")),
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "/static/"
