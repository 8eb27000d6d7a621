"""Addresses of the pages that look across rooms, and of their charts."""

from django.urls import path

from accounts.access import Right, requires
from companies.converters import COMPANY, PROJECT
from desk import views
from desk.charts import CallsChart, OwnersBillChart, OwnersUsageChart

chart_usage = OwnersUsageChart.as_view()
chart_bills = requires(Right.SEE_AMOUNTS)(OwnersBillChart.as_view())

app_name = "desk"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("chart/usage/", chart_usage, name="chart_usage"),
    path("chart/bills/", chart_bills, name="chart_bills"),
    path("movers/", views.show_movers, name="show_movers"),
    path("movers/movers.csv", views.export_movers, {"ending": "csv"}, name="export_movers_csv"),
    path("movers/movers.xlsx", views.export_movers, {"ending": "xlsx"}, name="export_movers_xlsx"),
    path("companies/", views.list_companies, name="list_companies"),
    path("company-list/companies.csv", views.export_companies, {"ending": "csv"}, name="export_companies_csv"),
    path("company-list/companies.xlsx", views.export_companies, {"ending": "xlsx"}, name="export_companies_xlsx"),
    path("company-list/columns/", views.choose_columns, name="choose_columns"),
    path("company-list/change/", views.change_companies, name="change_companies"),
    path(f"companies/{COMPANY}/", views.show_company, name="show_company"),
    path(f"companies/{COMPANY}/chart/usage/", chart_usage, name="chart_company_usage"),
    path(f"companies/{COMPANY}/chart/bills/", chart_bills, name="chart_company_bills"),
    path(f"companies/{COMPANY}/projects/{PROJECT}/", views.show_project, name="show_project"),
    path(f"companies/{COMPANY}/projects/{PROJECT}/chart/usage/", chart_usage, name="chart_project_usage"),
    path(f"companies/{COMPANY}/projects/{PROJECT}/chart/bills/", chart_bills, name="chart_project_bills"),
    path("polling/chart/calls/", CallsChart.as_view(), name="chart_calls"),
    path("polling/orders/give/", views.order_backfill, name="order_backfill"),
    path("polling/<str:stream>/<str:period>/", views.show_slot, name="show_slot"),
    path("polling/<str:stream>/<str:period>/refetch/", views.refetch_slot, name="refetch_slot"),
]
