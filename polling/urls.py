"""Addresses of the Polling pages."""

from django.urls import path

from polling import views

app_name = "polling"
urlpatterns = [
    path("polling/", views.show_calendar, name="calendar"),
    path("polling/gaps/", views.list_gaps, name="list_gaps"),
    path("polling/orders/", views.list_backfills, name="list_backfills"),
    path("polling/orders/<int:backfill_id>/", views.show_backfill, name="show_backfill"),
    path("polling/orders/<int:backfill_id>/cancel/", views.cancel_backfill, name="cancel_backfill"),
    path("polling/answers/<int:answer_id>/", views.download_answer, name="download_answer"),
]
