"""The polls, as an application of the project."""

from django.apps import AppConfig


class PollsConfig(AppConfig):
    name = "polls"
