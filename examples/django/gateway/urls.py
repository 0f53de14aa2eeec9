"""Django's addresses for signing in and out, the admin's included."""

from django.urls import path

from . import views

urlpatterns = [
    path("accounts/login/", views.sign_in),
    path("accounts/logout/", views.sign_out),
    path("admin/login/", views.sign_in),
    path("admin/logout/", views.sign_out),
]
