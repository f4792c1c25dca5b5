"""Addresses of aftercare."""

from __future__ import annotations

from django.urls import path

from afterglow.pathway.aftercare.views import boosters, people

app_name = "aftercare"
urlpatterns = [
    path("", people.due, name="due"),
    path("people/<uuid:person_id>/", people.person, name="person"),
    path("people/<uuid:person_id>/start/", people.start, name="start"),
    path("checks/<uuid:check_id>/", people.check, name="check"),
    path("checks/<uuid:check_id>/ask/", people.ask, name="ask"),
    path("tasks/<uuid:task_id>/days/", people.days, name="days"),
    path("tasks/<uuid:task_id>/end/", people.end_task, name="end_task"),
    path("<uuid:aftercare_id>/tasks/", people.task, name="task"),
    path("<uuid:aftercare_id>/end/", people.end, name="end"),
    path("<uuid:aftercare_id>/booster/", boosters.decide, name="booster"),
    path("<uuid:aftercare_id>/booster/<int:dose_no>/visit/", boosters.visit, name="visit"),
]
