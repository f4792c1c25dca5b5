"""The outbox: one row for each message to one recipient on one channel, and one for each try."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

STATES = [("queued", "waiting"), ("sent", "sent"), ("kept", "kept in the demo"), ("dead", "not delivered"), ("cancelled", "no longer needed")]
CHANNELS = [("email", "e-mail"), ("sms", "text message")]


class Message(models.Model):
    """Holds no words, no address and no secret: those are put together at the moment of sending."""

    id = models.UUIDField(primary_key=True)
    clinic = models.ForeignKey("ground_accounts.Clinic", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey("ground_accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("records_chart.Person", null=True, on_delete=models.PROTECT, related_name="+")
    recipient = models.CharField(max_length=44, help_text="user:<id> or person:<id>: one column, so that one constraint holds both kinds.")
    channel = models.CharField(max_length=8, choices=CHANNELS)
    template = models.ForeignKey("ground_content.LibraryRow", on_delete=models.PROTECT, related_name="+")
    facts_text = models.CharField(max_length=300, help_text="JSON: whole numbers, days and times that the template asks for; never a text.")
    source_kind = models.CharField(max_length=30)
    source_id = models.CharField(max_length=40)
    window = models.CharField(max_length=40, help_text="Which step of which wait: the same after a restart and in every zone.")
    state = models.CharField(max_length=10, choices=STATES, default="queued")
    tries = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    useful_until_at = models.DateTimeField(help_text="Later it is not sent any more.")
    quiet_from = models.TimeField(null=True, help_text="To a person nothing is sent from here until `quiet_until`; never set for a page to staff.")
    quiet_until = models.TimeField(null=True)
    zone = models.CharField(max_length=64, blank=True, default="", help_text="On whose clock the quiet hours are.")
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=60, blank=True, help_text="The kind of error, never its words.")

    class Classed:
        mutable, personal, kept = True, "person_id", "as the trail"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source_kind", "source_id", "window", "channel", "recipient"], name="message_once"),
            models.CheckConstraint(
                condition=Q(user__isnull=True, person__isnull=False) | Q(user__isnull=False, person__isnull=True), name="message_one_recipient"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["sent", "kept"], sent_at__isnull=False)
                | (Q(sent_at__isnull=True) & Q(state__in=["queued", "dead", "cancelled"])),
                name="message_sent_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "next_try_at"], name="message_due"),
            models.Index(fields=["clinic", "state", "queued_at"], name="message_outbox"),
        ]


class Attempt(models.Model):
    """One try to deliver, or what ended the trying; for ever."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    message = models.ForeignKey("records_messages.Message", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=[(name, name) for name in ("sent", "kept", "failed", "given_up", "cancelled", "again")])
    error = models.CharField(max_length=60, blank=True)
    by = models.CharField(max_length=140)

    class Classed:
        mutable, personal, kept = False, "message__person_id", "as the trail"

    class Meta:
        indexes = [models.Index(fields=["message", "id"], name="attempt_message")]


class SenderName(models.Model):
    """Under which name a clinic writes: one that says nothing about care (hazard H53)."""

    clinic = models.OneToOneField("ground_accounts.Clinic", primary_key=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=30)
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=140)

    class Classed:
        mutable, personal, kept = True, None, "while the clinic exists"
