# A Django project in one file: its admin, and people by header as django.contrib.auth has it. Nothing of it knows OpenID Connect.
# Usage: admin_project.py <folder for the database> <port> [plain]
# plain: as startproject leaves it. It takes no proxy's word for its host and scheme.

import os
import sys
from urllib.parse import unquote

from django.conf import settings

folder, port = sys.argv[1], sys.argv[2]
is_plain = "plain" in sys.argv[3:]
settings.configure(
    DEBUG=True,
    SECRET_KEY="only for this test",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.path.join(folder, "db.sqlite3")}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    INSTALLED_APPS=[
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.staticfiles",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        __name__ + ".ForwardedUser",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    AUTHENTICATION_BACKENDS=["django.contrib.auth.backends.RemoteUserBackend"],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    STATIC_URL="/static/",
    # Behind a gateway: the host that the visitor sees, for redirects and for the check of Origin.
    USE_X_FORWARDED_HOST=not is_plain,
    SECURE_PROXY_SSL_HEADER=None if is_plain else ("HTTP_X_FORWARDED_PROTO", "https"),
)

import django

django.setup()

from django.contrib import admin
from django.contrib.auth.middleware import RemoteUserMiddleware
from django.core.management import call_command
from django.urls import path


class ForwardedUser(RemoteUserMiddleware):
    """Who the gateway says it is; the role decides who may administrate."""

    header = "HTTP_X_FORWARDED_PREFERRED_USERNAME"

    def process_request(self, request):
        super().process_request(request)
        if not request.user.is_authenticated:
            return
        is_admin = "admin" in request.META.get("HTTP_X_FORWARDED_ROLES", "").split(",")
        request.user.first_name = unquote(request.META.get("HTTP_X_FORWARDED_NAME", ""))
        request.user.is_staff = request.user.is_superuser = is_admin
        request.user.save()


urlpatterns = [path("admin/", admin.site.urls)]

if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    call_command("runserver", "127.0.0.1:" + port, use_reloader=False)
