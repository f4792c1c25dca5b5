"""Addresses of the plan."""

from __future__ import annotations

from django.urls import path

from afterglow.pathway.plan.views import guardrails, orders, plans, visits

app_name = "plan"
urlpatterns = [
    path("", plans.waiting, name="waiting"),
    path("people/<uuid:person_id>/", plans.person, name="person"),
    path("people/<uuid:person_id>/new/", plans.new, name="new"),
    path("<uuid:plan_id>/", plans.plan, name="plan"),
    path("<uuid:plan_id>/sign/", plans.sign, name="sign"),
    path("<uuid:plan_id>/end/", plans.end, name="end"),
    path("<uuid:plan_id>/allow/", plans.allow, name="allow"),
    path("<uuid:plan_id>/visits/", visits.visits, name="visits"),
    path("<uuid:plan_id>/orders/<int:dose_no>/", orders.order, name="order"),
    path("guardrails/", guardrails.protocols, name="guardrails"),
    path("guardrails/<uuid:site_id>/<uuid:protocol_id>/", guardrails.protocol, name="guardrails_of"),
    path("orders/<uuid:order_id>/cancel/", orders.cancel, name="cancel_order"),
]
