"""Addresses of the screening pages."""

from __future__ import annotations

from django.urls import path

from afterglow.pathway.screening import views

app_name = "screening"
urlpatterns = [
    path("", views.waiting, name="list"),
    path("person/<uuid:person_id>/", views.person, name="person"),
    path("person/<uuid:person_id>/open/", views.open_one, name="open"),
    path("<uuid:case_id>/", views.case, name="case"),
    path("<uuid:case_id>/indication/", views.indication, name="indication"),
    path("<uuid:case_id>/facts/<slug:group>/", views.facts, name="facts"),
    path("<uuid:case_id>/medicine/", views.medicine, name="medicine"),
    path("<uuid:case_id>/override/<slug:item>/", views.override, name="override"),
    path("<uuid:case_id>/second/<uuid:override_id>/", views.second, name="second"),
    path("<uuid:case_id>/decide/", views.decision, name="decide"),
]
