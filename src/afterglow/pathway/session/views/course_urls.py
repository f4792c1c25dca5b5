"""Addresses of the running session: one for each kind of entry, one for entries as JSON, and the leaving list."""

from django.urls import path

from afterglow.pathway.session.views import chart_json, comfort, course, falls, followed, hand_over, leaving

urlpatterns = [
    path("<uuid:session_id>/chart/", chart_json.chart, name="chart"),
    path("<uuid:session_id>/vitals/", course.vitals, name="vitals"),
    path("<uuid:session_id>/note/", course.note, name="note"),
    path("<uuid:session_id>/addendum/", course.addendum, name="addendum"),
    path("<uuid:session_id>/event/", course.event, name="event"),
    path("<uuid:session_id>/medicine/", course.medicine, name="medicine"),
    path("<uuid:session_id>/rate-person/", course.rated, name="rated"),
    path("<uuid:session_id>/distress/", comfort.distress, name="distress"),
    path("<uuid:session_id>/setting/", comfort.setting, name="setting"),
    path("<uuid:session_id>/touch/", comfort.touch, name="touch"),
    path("<uuid:session_id>/falls/", falls.falls, name="falls"),
    path("<uuid:session_id>/acknowledge/", course.answer_marks, name="acknowledge"),
    path("<uuid:session_id>/followed/", followed.followed, name="followed"),
    path("<uuid:session_id>/help/", course.help_call, name="help"),
    path("<uuid:session_id>/emergency/", course.emergency, name="emergency"),
    path("<uuid:session_id>/pause/", course.pause, name="pause"),
    path("<uuid:session_id>/resume/", course.resume, name="resume"),
    path("<uuid:session_id>/rate/", course.rate, name="rate"),
    path("<uuid:session_id>/stop/", course.stop, name="stop"),
    path("<uuid:session_id>/finish/", course.finish, name="finish"),
    path("<uuid:session_id>/monitor/", hand_over.monitor, name="monitor"),
    path("<uuid:session_id>/rest/", course.rest, name="rest"),
    path("<uuid:session_id>/entries/<int:seq>/correct/", course.correct, name="correct"),
    path("<uuid:session_id>/leaving/", leaving.leaving, name="leaving"),
    path("<uuid:session_id>/leaving/tap/", leaving.tap, name="leaving_tap"),
    path("<uuid:session_id>/leaving/aldrete/", leaving.aldrete, name="leaving_aldrete"),
    path("<uuid:session_id>/leaving/handover/", leaving.handover, name="leaving_handover"),
    path("<uuid:session_id>/leaving/night/", leaving.night, name="leaving_night"),
    path("<uuid:session_id>/leaving/pressure/", leaving.pressure, name="leaving_pressure"),
    path("<uuid:session_id>/leaving/suicide/", leaving.suicide, name="leaving_suicide"),
    path("<uuid:session_id>/leaving/assessment/", leaving.assessment, name="leaving_assessment"),
    path("<uuid:session_id>/leaving/discharge/", leaving.go_home, name="discharge"),
    path("<uuid:session_id>/leaving/transfer/", leaving.by_ambulance, name="transfer"),
    path("<uuid:session_id>/leaving/against-advice/", leaving.against_advice, name="against_advice"),
]
