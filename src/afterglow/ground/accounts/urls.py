from django.urls import path

from afterglow.ground.accounts import views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("password/", views.password, name="password"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("clinic/<uuid:clinic_id>/", views.choose_clinic, name="choose_clinic"),
]
