"""Addresses of the Bills page, its charts and its downloads."""

from django.urls import path

from accounts.access import Right, requires
from billing import views
from billing.charts import DailyBillChart

app_name = "billing"
urlpatterns = [
    path("bills/", views.show_daily_bills, name="show_daily_bills"),
    path("bills/chart/", requires(Right.SEE_AMOUNTS)(DailyBillChart.as_view()), name="chart_daily_bills"),
    path("bills/export.csv", views.export_daily_bills, {"ending": "csv"}, name="export_daily_bills_csv"),
    path("bills/export.xlsx", views.export_daily_bills, {"ending": "xlsx"}, name="export_daily_bills_xlsx"),
    path("bills/corrections.csv", views.export_corrections, {"ending": "csv"}, name="export_corrections_csv"),
    path("bills/corrections.xlsx", views.export_corrections, {"ending": "xlsx"}, name="export_corrections_xlsx"),
]
