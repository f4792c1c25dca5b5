"""Addresses of the chart."""

from __future__ import annotations

from django.urls import path

from afterglow.records.chart.views import body, lists, person, proxies

app_name = "chart"
urlpatterns = [
    path("new/", person.register, name="register"),
    path("<uuid:person_id>/", person.overview, name="person"),
    path("<uuid:person_id>/edit/", person.edit, name="edit"),
    path("<uuid:person_id>/lists/<slug:name>/", lists.one_list, name="list"),
    path("<uuid:person_id>/lists/<slug:name>/reviewed/", lists.reviewed, name="reviewed"),
    path("<uuid:person_id>/lists/<slug:name>/<uuid:row_id>/", lists.one_row, name="row"),
    path("<uuid:person_id>/lists/<slug:name>/<uuid:row_id>/withdraw/", lists.withdraw, name="withdraw"),
    path("<uuid:person_id>/body/", body.body, name="body"),
    path("<uuid:person_id>/height/", body.body, {"what": "height"}, name="height"),
    path("<uuid:person_id>/comfort/", body.comfort, name="comfort"),
    path("<uuid:person_id>/team/", body.team, name="team"),
    path("<uuid:person_id>/team/<uuid:member_id>/leave/", body.leave_team, name="leave_team"),
    path("<uuid:person_id>/proxies/", proxies.proxies, name="proxies"),
    path("<uuid:person_id>/proxies/<uuid:proxy_id>/withdraw/", proxies.withdraw, name="withdraw_proxy"),
    path("<uuid:person_id>/notes/", body.notes, name="notes"),
]
