from django.urls import path

from afterglow.doors.portal import consent, desk_intake, education, journal, journal_change, me, practice, questions, tasks, views

app_name = "portal"
urlpatterns = [
    path("", views.front, name="front"),
    path("crisis/", views.crisis, name="crisis"),
    path("enquire/", views.enquire, name="enquire"),
    path("enquire/sent/", views.enquired, name="enquired"),
    path("enquire/<uuid:clinic_id>/", views.enquire, name="enquire_at"),
    path("l/<str:token>/", views.open_link, name="open_link"),
    path("me/", me.today, name="today"),
    path("me/about/", me.about, name="about"),
    path("me/private/", me.private, name="private"),
    path("me/looked-after/", me.looked_after, name="looked_after"),
    *(path(f"me/{slug}/", me.one_list, {"slug": slug}, name=slug) for slug in me.LIST_PAGES),
    *(path(f"me/{slug}/<uuid:row_id>/remove/", me.remove, {"slug": slug}, name=f"remove_{slug}") for slug in me.LIST_PAGES),
    path("me/draft/<slug:slug>/", me.draft, name="draft"),
    path("me/leave/", me.leave, name="leave"),
    path("me/questions/<uuid:assignment_id>/", questions.start, name="questions"),
    path("me/questions/<uuid:assignment_id>/<int:number>/", questions.question, name="question"),
    path("me/questions/<uuid:assignment_id>/<int:number>/draft/", questions.question_draft, name="question_draft"),
    path("me/questions/<uuid:assignment_id>/check/", questions.check, name="check"),
    path("me/questions/<uuid:assignment_id>/sent/", questions.answered, name="answered"),
    path("intake/<uuid:person_id>/", desk_intake.intake, name="intake"),
    path("intake/<uuid:person_id>/link/", desk_intake.make_link, name="make_link"),
    path("intake/<uuid:person_id>/proxy/<uuid:proxy_id>/link/", desk_intake.make_proxy_link, name="make_proxy_link"),
    *education.urlpatterns,
    *consent.urlpatterns,
    *practice.urlpatterns,
    *tasks.urlpatterns,
    *journal.urlpatterns,
    *journal_change.urlpatterns,
]
