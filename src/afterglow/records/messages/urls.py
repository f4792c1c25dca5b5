"""Addresses of the outbox."""

from __future__ import annotations

from django.urls import path

from afterglow.records.messages import views

app_name = "messages"
urlpatterns = [
    path("", views.outbox, name="outbox"),
    path("sender/", views.sender, name="sender"),
    path("<uuid:message_id>/again/", views.again, name="again"),
]
