"""What the gateway says about the visitor, read from the headers of a request."""

from urllib.parse import unquote

# Username at Django -> the header it is read from. The user's id never changes and is never given to somebody else, which login names
# and e-mail addresses may be.
USERNAME_HEADER = "X-Forwarded-User"


def read_header(request, name):
    """Text, or None. The gateway percent-encodes what is no printable ASCII."""
    value = request.META.get("HTTP_" + name.upper().replace("-", "_"))
    return None if value is None else unquote(value)


def read_list(request, name):
    """Split first, decode then: a comma inside an item is encoded."""
    value = request.META.get("HTTP_" + name.upper().replace("-", "_"), "")
    return [unquote(item) for item in value.split(",") if item]


def username_of(request):
    return read_header(request, USERNAME_HEADER)


def roles_of(request):
    return set(read_list(request, "X-Forwarded-Roles"))
