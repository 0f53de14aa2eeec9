"""Signing in and out are the gateway's business: Django only has to point there."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect

from .identity import username_of


def sign_in(request):
    """Where login_required, user_passes_test and the admin send whoever they don't let pass."""
    # Signed in already: it is a role that is missing, and another sign-in would only lead back here.
    if username_of(request):
        raise PermissionDenied
    return redirect("/auth/login?" + urlencode({"return_to": request.GET.get("next", "/")}))


def sign_out(request):
    """Django's own session ends with the next request, which comes without a user."""
    return redirect("/auth/logout")
