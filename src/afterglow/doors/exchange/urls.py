"""Where documents leave."""

from __future__ import annotations

from django.urls import path

from afterglow.doors.exchange import own_visit, views

app_name = "exchange"
urlpatterns = [
    path("sessions/<uuid:session_id>/", views.session_document, name="session"),
    path("sessions/<uuid:session_id>/leaflet/", views.leaflet_document, name="leaflet"),
    path("sessions/<uuid:session_id>/note/", views.note_document, name="work_note"),
    path("consents/<uuid:consent_id>/", views.consent_document, name="consent"),
    path("sessions/<uuid:session_id>/link/", own_visit.visit_link, name="visit_link"),
    path("my-visit/", own_visit.own_visit, name="own_visit"),
    path("my-visit/leaflet/", views.own_leaflet, name="own_leaflet"),
    path("my-visit/note/", views.own_note, name="own_note"),
    path("my-visit/leave/", own_visit.leave, name="leave_visit"),
]
