from django.urls import path

from afterglow.records.flags import views

app_name = "flags"
urlpatterns = [
    path("", views.open_list, name="open_list"),
    path("<uuid:flag_id>/", views.page, name="page"),
    path("<uuid:flag_id>/own/", views.own, name="own"),
    path("<uuid:flag_id>/note/", views.note, name="note"),
    path("<uuid:flag_id>/close/", views.close, name="close"),
]
