"""Addresses of the staff records."""

from __future__ import annotations

from django.urls import path

from afterglow.records.staff import views

app_name = "staff"
urlpatterns = [
    path("", views.people, name="people"),
    path("add/", views.add, name="add"),
    path("roster/", views.roster, name="roster"),
    path("roster/<uuid:shift_id>/cancel/", views.cancel, name="cancel_shift"),
    path("paging/", views.my_paging, name="my_paging"),
    path("<uuid:user_id>/paging/", views.paging, name="paging"),
    path("<uuid:user_id>/", views.member, name="member"),
    path("<uuid:user_id>/password-link/", views.password_link, name="password_link"),
    path("<uuid:user_id>/leave/", views.leave, name="leave"),
    path("<uuid:user_id>/credentials/<uuid:credential_id>/end/", views.end, name="end_credential"),
]
