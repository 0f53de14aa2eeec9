"""The three endpoints of ZITADEL's guide for APIs in Django."""

from django.http import JsonResponse
from django.views.decorators.http import require_safe

from .gateway import requires


@require_safe
def public(request):
    return JsonResponse({"message": "Hello from a public endpoint! You don't need to be authenticated to see this."})


@require_safe
@requires()
def private(request):
    return JsonResponse({"message": "Hello from a private endpoint! You need to be authenticated to see this."})


@require_safe
@requires(role="read:messages")
def private_scoped(request):
    message = "Hello from a private endpoint! You need to be authenticated and have a scope of read:messages to see this."
    return JsonResponse({"message": message})
