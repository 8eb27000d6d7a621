"""Addresses of the forms that create something, and of the operations that do it."""

from django.urls import path

from companies.converters import COMPANY, PROJECT
from companies.views import creates, operations

app_name = "companies"
urlpatterns = [
    path("companies/create/", creates.create_company, name="create_company"),
    path(f"companies/{COMPANY}/projects/create/", creates.create_project, name="create_project"),
    path(
        f"companies/{COMPANY}/projects/{PROJECT}/uap/enable/",
        creates.enable_uap_service,
        name="enable_uap_service",
    ),
    path("onboarding/", operations.list_operations, name="list_operations"),
    path("onboarding/<int:operation_id>/", operations.show_operation, name="show_operation"),
    path("onboarding/<int:operation_id>/cancel/", operations.cancel_operation, name="cancel_operation"),
    path("onboarding/<int:operation_id>/retry/", operations.retry_operation, name="retry_operation"),
    path("onboarding/<int:operation_id>/look-again/", operations.look_again_for_operation, name="look_again"),
    path("onboarding/<int:operation_id>/send-again/", operations.send_operation_again, name="send_operation_again"),
    path("onboarding/<int:operation_id>/give-up/", operations.give_up_operation, name="give_up_operation"),
    path("onboarding/<int:operation_id>/adopt/", operations.adopt_operation, name="adopt_operation"),
]
