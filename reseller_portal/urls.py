"""Which app answers below which address."""

from django.urls import include, path

from reseller_portal import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("progress", health.progress, name="progress"),
    path("", include("accounts.urls")),
    path("", include("companies.urls")),
    path("", include("usage.urls")),
    path("", include("billing.urls")),
    path("", include("polling.urls")),
    path("", include("desk.urls")),
]
