"""Addresses of the schedule."""

from __future__ import annotations

from django.urls import path

from afterglow.records.schedule import views

app_name = "schedule"
urlpatterns = [
    path("", views.day, name="today"),
    path("rooms/", views.rooms, name="rooms"),
    path("rooms/<uuid:room_id>/close/", views.close, name="close_room"),
    path("book/<uuid:person_id>/", views.book, name="book"),
    path("<uuid:appointment_id>/", views.appointment, name="appointment"),
    path("<uuid:appointment_id>/move/", views.move, name="move"),
    path("<uuid:appointment_id>/cancel/", views.cancel, name="cancel"),
    path("<uuid:appointment_id>/mark/", views.mark, name="mark"),
]
