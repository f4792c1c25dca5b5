"""Addresses of integration."""

from __future__ import annotations

from django.urls import path

from afterglow.pathway.integration.views import goals, journal, notes, staff

app_name = "integration"
urlpatterns = [
    path("", staff.waiting, name="waiting"),
    path("people/<uuid:person_id>/", staff.person, name="person"),
    path("people/<uuid:person_id>/goals/shown/", staff.goals_shown, name="goals_shown"),
    path("people/<uuid:person_id>/journal/", journal.shared, name="shared_journal"),
    path("people/<uuid:person_id>/goals/", goals.goal, name="goal"),
    path("goals/<uuid:goal_id>/", goals.change, name="change_goal"),
    path("goals/<uuid:goal_id>/practice/", goals.practice, name="practice"),
    path("practice/<uuid:practice_id>/end/", goals.end, name="end_practice"),
    path("practice/<uuid:practice_id>/tick/", goals.tick, name="tick"),
    path("visits/<uuid:appointment_id>/", staff.visit, name="visit"),
    path("visits/<uuid:appointment_id>/ask/", staff.ask, name="ask"),
    path("visits/<uuid:appointment_id>/note/", notes.visit_note, name="visit_note"),
    path("visits/<uuid:appointment_id>/note/draft/", notes.visit_draft, name="visit_draft"),
    path("sessions/<uuid:session_id>/note/", notes.session_note, name="session_note"),
    path("sessions/<uuid:session_id>/note/draft/", notes.session_draft, name="session_draft"),
]
