from django.urls import path

from afterglow.doors.devices import views

app_name = "devices"
urlpatterns = [path("readings", views.readings, name="readings")]
