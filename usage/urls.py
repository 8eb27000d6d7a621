"""Addresses of the usage page, its chart and its downloads."""

from django.urls import path

from usage import views
from usage.charts import UsageChart

app_name = "usage"
urlpatterns = [
    path("usage/", views.show_usage, name="show_usage"),
    path("usage/products/", views.show_products, name="show_products"),
    path("usage/products.csv", views.export_products, {"ending": "csv"}, name="export_products_csv"),
    path("usage/products.xlsx", views.export_products, {"ending": "xlsx"}, name="export_products_xlsx"),
    path("usage/chart/", UsageChart.as_view(), name="chart_usage"),
    path("usage/export.csv", views.export_usage, {"ending": "csv"}, name="export_usage_csv"),
    path("usage/export.xlsx", views.export_usage, {"ending": "xlsx"}, name="export_usage_xlsx"),
    path("usage/table.csv", views.export_table, {"ending": "csv"}, name="export_table_csv"),
    path("usage/table.xlsx", views.export_table, {"ending": "xlsx"}, name="export_table_xlsx"),
]
