from django.urls import path

from afterglow.records.measures import views
from afterglow.records.measures.views import languages, register

app_name = "measures"
urlpatterns = [
    path("of/<uuid:person_id>/", views.of_person, name="of_person"),
    path("of/<uuid:person_id>/ask/", views.ask_in_person, name="ask_in_person"),
    path("ask/<uuid:assignment_id>/", views.ask, name="ask"),
    path("ask/<uuid:assignment_id>/draft/", views.draft, name="draft"),
    path("ask/<uuid:assignment_id>/withdraw/", views.withdraw, name="withdraw"),
    path("answers/<uuid:response_id>/", views.response, name="response"),
    path("licences/", register.licences, name="licences"),
    path("licences/<slug:instrument>/", register.licence, name="licence"),
    path("licences/<slug:instrument>/text/", register.own_text, name="own_text"),
    path("licences/<slug:instrument>/text/file/", register.own_text_file, name="own_text_file"),
    path("licences/<slug:instrument>/sheet.csv", register.sheet, name="sheet"),
    path("licences/<slug:instrument>/languages/", languages.languages, name="languages"),
    path("licences/<slug:instrument>/languages/sheet.csv", languages.translation_sheet, name="translation_sheet"),
    path("licences/<uuid:licence_id>/end/", register.end, name="end_licence"),
]
