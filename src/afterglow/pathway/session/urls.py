"""Addresses of the dosing session: up to the start here, the course and the room in their own lists."""

from django.urls import path

from afterglow.pathway.session.views import as_needed, check_in, course_urls, day, draw, equipment, gate, limits, room_urls

app_name = "session"

urlpatterns = [
    path("", day.day, name="day"),
    path("visits/<uuid:appointment_id>/check-in/", day.check_in_visit, name="open"),
    path("limits/", limits.limits, name="limits"),
    path("limits/<uuid:site_id>/", limits.limits, name="limits_of"),
    path("equipment/", equipment.equipment, name="equipment"),
    path("equipment/<uuid:site_id>/", equipment.equipment, name="equipment_of"),
    path("<uuid:session_id>/check-in/", check_in.check_in_view, name="check_in"),
    path("<uuid:session_id>/check-in/answers/", check_in.save_answers, name="save_answers"),
    path("<uuid:session_id>/check-in/pressure/", check_in.save_pressure, name="save_pressure"),
    path("<uuid:session_id>/check-in/weight/", check_in.save_weight, name="save_weight"),
    path("<uuid:session_id>/check-in/place/", check_in.save_place, name="save_place"),
    path("<uuid:session_id>/gate/", gate.gate_view, name="gate"),
    path("<uuid:session_id>/gate/override/", gate.override, name="override"),
    path("<uuid:session_id>/gate/start/", gate.start, name="start"),
    path("<uuid:session_id>/gate/call-off/", gate.call_off_session, name="call_off"),
    path("overrides/<uuid:override_id>/second/", gate.second, name="second"),
    path("<uuid:session_id>/draw/", draw.draw_view, name="draw"),
    path("<uuid:session_id>/draw/done/", draw.draw, name="draw_drug"),
    path("as-needed/<uuid:plan_id>/<int:dose_no>/", as_needed.as_needed, name="as_needed"),
    path("as-needed/<uuid:order_id>/end/", as_needed.end, name="end_as_needed"),
    *course_urls.urlpatterns,
    *room_urls.urlpatterns,
]
