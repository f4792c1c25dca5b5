from django.urls import path

from afterglow.pathway.registry import views

app_name = "registry"
urlpatterns = [
    path("registry/", views.figures, name="figures"),
    path("registry/table.csv", views.table, name="table"),
    path("registry/fidelity/", views.fidelity, name="fidelity"),
    path("registry/rehearsal/", views.rehearsal, name="rehearsal"),
    path("registry/library/", views.library, name="library"),
    path("registry/beside/", views.beside, name="beside"),
    path("registry/same-day/", views.same_day, name="same_day"),
    path("registry/papers/", views.papers, name="papers"),
    path("registry/research/", views.research, name="research"),
    path("registry/research/approval/", views.approval, name="approval"),
    path("expectations/", views.expectations, name="expectations"),
    path("expectations/<uuid:clinic_id>/", views.expectations, name="expectations_at"),
]
