"""Addresses of the forms that create something, and of the operations that do it."""

from django.urls import path

from companies import views
from companies.converters import COMPANY, PROJECT

app_name = "companies"
urlpatterns = [
    path("companies/create/", views.create_company, name="create_company"),
    path(f"companies/{COMPANY}/projects/create/", views.create_project, name="create_project"),
    path(
        f"companies/{COMPANY}/projects/{PROJECT}/uap/enable/",
        views.enable_uap_service,
        name="enable_uap_service",
    ),
    path("onboarding/", views.list_operations, name="list_operations"),
    path("onboarding/<int:operation_id>/", views.show_operation, name="show_operation"),
    path("onboarding/<int:operation_id>/cancel/", views.cancel_operation, name="cancel_operation"),
    path("onboarding/<int:operation_id>/retry/", views.retry_operation, name="retry_operation"),
    path("onboarding/<int:operation_id>/give-up/", views.give_up_operation, name="give_up_operation"),
    path("onboarding/<int:operation_id>/adopt/", views.adopt_operation, name="adopt_operation"),
]
