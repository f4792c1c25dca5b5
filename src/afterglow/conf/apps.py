"""Every Django app of the house, with labels that carry their floor so that none meets Django's own."""

from __future__ import annotations

from django.apps import AppConfig


class Accounts(AppConfig):
    name, label = "afterglow.ground.accounts", "ground_accounts"

    def ready(self) -> None:
        from afterglow.ground.stored import remember_moments

        remember_moments()


class Access(AppConfig):
    name, label = "afterglow.ground.access", "ground_access"


class Audit(AppConfig):
    name, label = "afterglow.ground.audit", "ground_audit"


class Writes(AppConfig):
    name, label = "afterglow.ground.writes", "ground_writes"


class Keys(AppConfig):
    name, label = "afterglow.ground.keys", "ground_keys"


class Content(AppConfig):
    name, label = "afterglow.ground.content", "ground_content"


class Face(AppConfig):
    name, label = "afterglow.ground.face", "ground_face"


class Chart(AppConfig):
    name, label = "afterglow.records.chart", "records_chart"


class Flags(AppConfig):
    name, label = "afterglow.records.flags", "records_flags"


class Messages(AppConfig):
    name, label = "afterglow.records.messages", "records_messages"


class Staff(AppConfig):
    name, label = "afterglow.records.staff", "records_staff"


class Measures(AppConfig):
    name, label = "afterglow.records.measures", "records_measures"


class Schedule(AppConfig):
    name, label = "afterglow.records.schedule", "records_schedule"


class Cabinet(AppConfig):
    name, label = "afterglow.records.cabinet", "records_cabinet"


class Adverse(AppConfig):
    name, label = "afterglow.records.adverse", "records_adverse"


class Enquiry(AppConfig):
    name, label = "afterglow.pathway.enquiry", "pathway_enquiry"


class Screening(AppConfig):
    name, label = "afterglow.pathway.screening", "pathway_screening"


class Consent(AppConfig):
    name, label = "afterglow.pathway.consent", "pathway_consent"


class Plan(AppConfig):
    name, label = "afterglow.pathway.plan", "pathway_plan"


class Session(AppConfig):
    name, label = "afterglow.pathway.session", "pathway_session"


class Integration(AppConfig):
    name, label = "afterglow.pathway.integration", "pathway_integration"


class Response(AppConfig):
    name, label = "afterglow.pathway.response", "pathway_response"


class Aftercare(AppConfig):
    name, label = "afterglow.pathway.aftercare", "pathway_aftercare"


class Registry(AppConfig):
    name, label = "afterglow.pathway.registry", "pathway_registry"


class Desk(AppConfig):
    name, label = "afterglow.doors.desk", "doors_desk"


class Portal(AppConfig):
    name, label = "afterglow.doors.portal", "doors_portal"


class Exchange(AppConfig):
    name, label = "afterglow.doors.exchange", "doors_exchange"
