"""Addresses of check-ins, calls, trajectories and reviews."""

from __future__ import annotations

from django.urls import path

from afterglow.pathway.response.views import check_ins, dose_effect, trajectory

app_name = "response"
urlpatterns = [
    path("check-ins/", check_ins.listed, name="check_ins"),
    path("check-ins/<uuid:check_in_id>/", check_ins.page, name="check_in"),
    path("check-ins/<uuid:check_in_id>/call/", check_ins.call, name="call"),
    path("people/<uuid:person_id>/check-ins/", check_ins.of_person, name="check_ins_of"),
    path("reviews/", trajectory.waiting, name="reviews"),
    path("people/<uuid:person_id>/", trajectory.person, name="person"),
    path("people/<uuid:person_id>/doses/", dose_effect.doses, name="doses"),
    path("plans/<uuid:plan_id>/review/", trajectory.sign, name="sign_review"),
    path("plans/<uuid:plan_id>/carry-out/", trajectory.carry, name="carry_out"),
]
