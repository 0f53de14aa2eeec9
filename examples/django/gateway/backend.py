"""Roles of ZITADEL become Django's superuser, staff and plain user: given and taken away again at every request."""

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import RemoteUserBackend

from .identity import read_header, roles_of

# The first role that somebody has decides. Whoever has none of them is no user here.
FLAGS = {
    "admin": {"is_superuser": True, "is_staff": True},
    "staff": {"is_superuser": False, "is_staff": True},
    "user": {"is_superuser": False, "is_staff": False},
}
NOTHING = FLAGS["user"]


class GatewayBackend(RemoteUserBackend):
    def authenticate(self, request, remote_user):
        roles = roles_of(request)
        flags = next((flags for role, flags in FLAGS.items() if role in roles), None)
        if flags is None:
            self.demote(remote_user)
            return None
        # Creates the user at the first visit. None for a user whom somebody has deactivated in the admin: that stands.
        user = super().authenticate(request, remote_user)
        if user is not None:
            write_changes(user, {**flags, **contact(request)})
        return user

    def configure_user(self, request, user, created=True):
        """Django calls it for a new user; from 4.1 on for a known one too."""
        if created:
            user.set_unusable_password()
            user.save(update_fields=["password"])
        return user

    def demote(self, username):
        """Whoever has lost the last role keeps no flag, lest a script or another way in still goes by it."""
        model = get_user_model()
        known = model._default_manager.filter(**{model.USERNAME_FIELD: username})
        known.exclude(**NOTHING).update(**NOTHING)


def contact(request):
    """Only what is said: an e-mail address that is not verified is left out, and an API client's token may say neither."""
    said = {"first_name": read_header(request, "X-Forwarded-Name"), "email": read_header(request, "X-Forwarded-Email")}
    return {field: value[:150] for field, value in said.items() if value}


def write_changes(user, values):
    """A request that changes nothing writes nothing."""
    changed = [field for field, value in values.items() if getattr(user, field) != value]
    for field in changed:
        setattr(user, field, values[field])
    if changed:
        user.save(update_fields=changed)
