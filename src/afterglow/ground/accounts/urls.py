from django.urls import path

from afterglow.ground.accounts import views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("password/", views.password, name="password"),
    path("password/choose/<str:token>/", views.choose_password, name="choose_password"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("clinic/site/new/", views.add_site, name="add_site"),
    path("clinic/site/<uuid:site_id>/", views.site, name="site"),
    path("clinic/<uuid:clinic_id>/", views.choose_clinic, name="choose_clinic"),
]
