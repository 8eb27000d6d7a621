"""Addresses of the usage page, its chart and its downloads."""

from django.urls import path

from usage import views

app_name = "usage"
urlpatterns = [
    path("usage/export.csv", views.export_usage, {"ending": "csv"}, name="export_usage_csv"),
    path("usage/export.xlsx", views.export_usage, {"ending": "xlsx"}, name="export_usage_xlsx"),
]
