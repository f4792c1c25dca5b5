"""An enquiry: the first words of someone who needs help, confidential from the first byte."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from afterglow.ground.keys.fields import EncryptedTextField


class Enquiry(models.Model):
    id = models.UUIDField(primary_key=True)
    clinic = models.ForeignKey("ground_accounts.Clinic", on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=8, choices=[("web", "web form"), ("phone", "phone call"), ("referral", "referral")])
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=140)
    asker = models.CharField(
        max_length=12, choices=[("self", "for themselves"), ("relative", "for someone close"), ("professional", "as a professional")]
    )
    asker_name = EncryptedTextField(max_length=120, blank=True)
    given_name = EncryptedTextField(max_length=80)
    family_name = EncryptedTextField(max_length=80, blank=True)
    phone = EncryptedTextField(max_length=40, blank=True)
    email = EncryptedTextField(max_length=254, blank=True)
    may_contact = models.BooleanField(help_text="The person said that the clinic may contact them this way.")
    contact_by = models.CharField(max_length=8, choices=[("phone", "phone"), ("email", "e-mail")])
    message = EncryptedTextField(blank=True)
    danger_now = models.CharField(max_length=8, choices=[("unknown", "not asked"), ("yes", "yes"), ("no", "no")], default="unknown")
    urgency = models.CharField(max_length=12, choices=[("emergency", "emergency"), ("same_day", "same day"), ("routine", "routine")])
    state = models.CharField(max_length=10, choices=[(name, name) for name in ("new", "accepted", "declined", "referred")], default="new")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=140, blank=True)
    decision_reason = models.CharField(max_length=300, blank=True)
    referred_to = models.CharField(max_length=200, blank=True)
    person = models.ForeignKey("records_chart.Person", null=True, on_delete=models.PROTECT, related_name="+")

    class Classed:
        mutable, personal, kept = True, "clinic", "one year when it came to nothing; longer where danger was disclosed (safety 83)"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="new", decided_at__isnull=True) | (~Q(state="new") & Q(decided_at__isnull=False)), name="enquiry_decided_with_time"
            ),
            models.CheckConstraint(condition=~Q(state="accepted") | Q(person__isnull=False), name="enquiry_accepted_is_a_person"),
            models.CheckConstraint(condition=~Q(state="referred") | ~Q(referred_to=""), name="enquiry_referred_says_where"),
            models.CheckConstraint(condition=~Q(state="declined") | ~Q(decision_reason=""), name="enquiry_declined_says_why"),
        ]
        indexes = [
            models.Index(fields=["clinic", "state", "received_at"], name="enquiry_inbox"),
            models.Index(fields=["clinic", "decided_at", "id"], name="enquiry_decided"),
        ]


class Arrival(models.Model):
    """One enquiry that came in by the public page, for its throttle: the sender's network address is kept as a keyed hash only."""

    id = models.BigAutoField(primary_key=True)
    clinic = models.ForeignKey("ground_accounts.Clinic", on_delete=models.PROTECT, related_name="+")
    source_hmac = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Classed:
        mutable, personal, kept = True, None, "one day"

    class Meta:
        indexes = [models.Index(fields=["clinic", "at"], name="enquiry_arrival_clinic"), models.Index(fields=["at"], name="enquiry_arrival_at")]
