"""Addresses of the clinic's consent pages; those of a person's own link are the portal's."""

from __future__ import annotations

from django.urls import path

from afterglow.pathway.consent.views import staff

app_name = "consent"
urlpatterns = [
    path("", staff.waiting, name="list"),
    path("person/<uuid:person_id>/", staff.person, name="person"),
    path("person/<uuid:person_id>/offer/", staff.offer_one, name="offer"),
    path("offers/<uuid:offer_id>/", staff.read, name="read"),
    path("offers/<uuid:offer_id>/questions/", staff.questions, name="questions"),
    path("offers/<uuid:offer_id>/sign/", staff.sign, name="sign"),
    path("offers/<uuid:offer_id>/decline/", staff.say_no, name="decline"),
    path("offers/<uuid:offer_id>/talk/", staff.talk, name="talk"),
    path("signed/<uuid:consent_id>/", staff.signed, name="signed"),
    path("signed/<uuid:consent_id>/download/", staff.download, name="download"),
    path("signed/<uuid:consent_id>/capacity/", staff.capacity, name="capacity"),
    path("signed/<uuid:consent_id>/withdraw/", staff.take_back, name="withdraw"),
]
