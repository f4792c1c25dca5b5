"""Addresses of the cabinet."""

from __future__ import annotations

from django.urls import path

from afterglow.records.cabinet import views

app_name = "cabinet"
urlpatterns = [
    path("", views.lots, name="lots"),
    path("receive/", views.receive, name="receive"),
    path("day/", views.day, name="day"),
    path("handling/", views.handling, name="handling"),
    path("lots/<uuid:lot_id>/", views.lot, name="lot"),
    path("lots/<uuid:lot_id>/count/", views.count, name="count"),
    path("lots/<uuid:lot_id>/discard/", views.discard, name="discard"),
    path("lots/<uuid:lot_id>/recall/", views.recall, name="recall"),
    path("draws/<uuid:draw_id>/", views.draw, name="draw"),
]
