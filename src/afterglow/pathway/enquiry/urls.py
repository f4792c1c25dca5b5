from django.urls import path

from afterglow.pathway.enquiry import views

app_name = "enquiry"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("new/", views.new, name="new"),
    path("<uuid:enquiry_id>/", views.page, name="page"),
    path("<uuid:enquiry_id>/accept/", views.accept, name="accept"),
    path("<uuid:enquiry_id>/call/", views.call, name="call"),
    path("<uuid:enquiry_id>/decline/", views.decline, name="decline"),
    path("<uuid:enquiry_id>/refer/", views.refer, name="refer"),
]
