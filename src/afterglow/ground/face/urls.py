"""Addresses of the styleguide, from the root of the site."""

from __future__ import annotations

from django.urls import path

from afterglow.ground.face import views

app_name = "face"
urlpatterns = [
    path("styleguide/", views.styleguide, name="styleguide"),
    path("styleguide/room/", views.styleguide_room, name="styleguide_room"),
    path("styleguide/phone/", views.styleguide_phone, name="styleguide_phone"),
]
