"""Where documents leave."""

from __future__ import annotations

from django.urls import path

from afterglow.doors.exchange import views

app_name = "exchange"
urlpatterns = [
    path("sessions/<uuid:session_id>/", views.session_document, name="session"),
    path("sessions/<uuid:session_id>/leaflet/", views.leaflet_document, name="leaflet"),
    path("consents/<uuid:consent_id>/", views.consent_document, name="consent"),
    path("my-visit/", views.own_leaflet, name="own_leaflet"),
]
