"""Who calls, read from the headers that the gateway writes; and nobody gets in but through the gateway."""

from functools import wraps
from urllib.parse import unquote

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponseForbidden, JsonResponse
from django.utils.crypto import constant_time_compare


class GatewayOnlyMiddleware:
    """Goes first in MIDDLEWARE: the headers are worth something only because no one else can send them."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.secrets = list(settings.GATEWAY_SECRETS)
        if not self.secrets:
            raise ImproperlyConfigured("GATEWAY_SECRETS is empty: without it anybody could write the gateway's headers.")

    def __call__(self, request):
        given = request.META.get("HTTP_X_GATEWAY_SECRET", "")
        if not any([constant_time_compare(given, secret) for secret in self.secrets]):
            text = "This API is reached through its gateway only.\n"
            return HttpResponseForbidden(text, content_type="text/plain")
        return self.get_response(request)


def user_of(request):
    """ZITADEL's id of the user or service user, or None."""
    return request.META.get("HTTP_X_FORWARDED_USER")


def roles_of(request):
    """Split first, decode then: a comma inside a role is encoded."""
    return {unquote(role) for role in request.META.get("HTTP_X_FORWARDED_ROLES", "").split(",") if role}


def requires(role=None):
    """A second lock. The first is the rule in wrangler.toml: who meets this one has found a rule missing."""

    def decorate(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if user_of(request) is None:
                return JsonResponse({"code": "unauthenticated"}, status=401)
            if role is not None and role not in roles_of(request):
                return JsonResponse({"code": "insufficient_scope"}, status=403)
            return view(request, *args, **kwargs)

        return guarded

    return decorate
