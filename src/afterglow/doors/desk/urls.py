"""Addresses of the desk."""

from __future__ import annotations

from django.urls import path

from afterglow.doors.desk import pharmacology_views, trail_views, views

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("clinic/", views.clinic_setup, name="setup"),
    path("search/", views.search, name="search"),
    path("pharmacology/", pharmacology_views.pharmacology, name="pharmacology"),
    path("people/<uuid:person_id>/", views.journey, name="journey"),
    path("trail/", trail_views.of_clinic, name="trail"),
    path("trail/<uuid:person_id>/", trail_views.of_person, name="trail_of_person"),
]
