"""Which app answers below which address."""

from django.urls import include, path

urlpatterns = [
    path("", include("accounts.urls")),
]
