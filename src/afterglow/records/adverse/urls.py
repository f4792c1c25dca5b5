"""Addresses of adverse events."""

from __future__ import annotations

from django.urls import path

from afterglow.records.adverse import views

app_name = "adverse"
urlpatterns = [
    path("people/<uuid:person_id>/", views.person, name="person"),
    path("people/<uuid:person_id>/new/", views.new, name="new"),
    path("<uuid:event_id>/", views.update, name="update"),
]
