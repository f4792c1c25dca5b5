"""All addresses.  Each room keeps its own; this page only says where the rooms are."""

from django.urls import include, path

urlpatterns = [
    path("", include("afterglow.doors.portal.urls")),
    path("", include("afterglow.ground.accounts.urls")),
    path("", include("afterglow.ground.face.urls")),
    path("", include("afterglow.pathway.registry.urls")),
    path("desk/", include("afterglow.doors.desk.urls")),
    path("devices/v1/", include("afterglow.doors.devices.urls")),
    path("documents/", include("afterglow.doors.exchange.urls")),
    path("people/", include("afterglow.records.chart.urls")),
    path("flags/", include("afterglow.records.flags.urls")),
    path("messages/", include("afterglow.records.messages.urls")),
    path("measures/", include("afterglow.records.measures.urls")),
    path("staff/", include("afterglow.records.staff.urls")),
    path("schedule/", include("afterglow.records.schedule.urls")),
    path("cabinet/", include("afterglow.records.cabinet.urls")),
    path("adverse/", include("afterglow.records.adverse.urls")),
    path("enquiries/", include("afterglow.pathway.enquiry.urls")),
    path("screening/", include("afterglow.pathway.screening.urls")),
    path("consent/", include("afterglow.pathway.consent.urls")),
    path("plans/", include("afterglow.pathway.plan.urls")),
    path("sessions/", include("afterglow.pathway.session.urls")),
    path("integration/", include("afterglow.pathway.integration.urls")),
    path("response/", include("afterglow.pathway.response.urls")),
    path("aftercare/", include("afterglow.pathway.aftercare.urls")),
]

handler400 = "afterglow.conf.errors.bad_request"
handler404 = "afterglow.conf.errors.not_found"
handler500 = "afterglow.conf.errors.server_error"
