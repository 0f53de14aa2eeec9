"""Every address of the project."""

from django.contrib import admin
from django.urls import include, path

from polls import views

urlpatterns = [
    path("", include("gateway.urls")),  # first: it stands in front of the admin's own login and logout
    path("", views.home, name="home"),
    path("user/", views.profile, name="profile"),
    path("polls/", include("polls.urls")),
    path("admin/", admin.site.urls),
]
