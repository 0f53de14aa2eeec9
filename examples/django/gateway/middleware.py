"""Two pieces: nobody gets in but through the gateway, and whoever does is the user that the gateway names."""

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponseForbidden
from django.utils.crypto import constant_time_compare

from .identity import username_of


class GatewayOnlyMiddleware:
    """Goes first in MIDDLEWARE."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.secrets = list(settings.GATEWAY_SECRETS)
        if not self.secrets:
            raise ImproperlyConfigured("GATEWAY_SECRETS is empty: without it anybody could write the gateway's headers.")

    def __call__(self, request):
        given = request.META.get("HTTP_X_GATEWAY_SECRET", "")
        if not any([constant_time_compare(given, secret) for secret in self.secrets]):
            text = "This application is reached through its gateway only.\n"
            return HttpResponseForbidden(text, content_type="text/plain")
        request.is_from_gateway = True
        return self.get_response(request)


class GatewayUserMiddleware:
    """Goes right after AuthenticationMiddleware. RemoteUserMiddleware, which asks the backend only at the first visit, would
    let everybody keep the roles of that day."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not getattr(request, "is_from_gateway", False):
            raise ImproperlyConfigured("GatewayOnlyMiddleware has to come first in MIDDLEWARE.")
        username = username_of(request)
        user = auth.authenticate(request, remote_user=username) if username else None
        # What the session holds is its user's: somebody else in the same browser, or nobody, does not inherit it.
        owner = request.session.get(auth.SESSION_KEY)
        if user is None:
            if owner is not None:
                auth.logout(request)
            request.user = AnonymousUser()
        elif owner != primary_key(user):
            auth.login(request, user)
        else:
            request.user = user
        return self.get_response(request)


def primary_key(user):
    """As login() writes it into the session."""
    return user._meta.pk.value_to_string(user)
