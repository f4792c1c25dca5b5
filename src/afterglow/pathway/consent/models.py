"""Consent: what was shown, byte for byte, what was understood, who signed, and that it can be withdrawn."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

FOR = "What the document was made to speak of: an id of the library's indications; empty before there was a choice, and where it speaks of none."


class Offer(models.Model):
    """A document version put in front of a person."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey("records_chart.Person", on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey("ground_content.LibraryRow", on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField()
    offered_by = models.CharField(max_length=140)
    indication = models.CharField(max_length=30, blank=True, default="", help_text=FOR)
    state = models.CharField(max_length=10, choices=[(name, name) for name in ("open", "signed", "declined", "replaced")], default="open")
    answers_text = models.TextField(blank=True, help_text="The comprehension answers of the last try, as JSON.")
    tries = models.PositiveSmallIntegerField(default=0)

    class Classed:
        mutable, personal, kept = True, "person_id", "as the chart"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "document"], condition=Q(state="open"), name="offer_open_once")]
        indexes = [models.Index(fields=["person", "state"], name="offer_person")]


class AnswerTry(models.Model):
    """One try at the questions, right or wrong: what was not understood at first is part of the consent."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    offer = models.ForeignKey("pathway_consent.Offer", on_delete=models.PROTECT, related_name="+")
    answers_text = models.TextField(help_text="Canonical JSON, question id -> option id.")
    wrong_text = models.TextField(help_text="Canonical JSON, the ids of the questions not answered right.")
    answered_at = models.DateTimeField()
    answered_by = models.CharField(max_length=140)

    class Classed:
        mutable, personal, kept = False, "offer", "as the chart"

    class Meta:
        indexes = [models.Index(fields=["offer", "answered_at"], name="answer_try_offer")]


class TalkedThrough(models.Model):
    """A clinician went through the questions in person after too many wrong answers."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    offer = models.ForeignKey("pathway_consent.Offer", on_delete=models.PROTECT, related_name="+")
    note = models.TextField()
    talked_at = models.DateTimeField()
    talked_by = models.CharField(max_length=140)

    class Classed:
        mutable, personal, kept = False, "offer", "as the chart"

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(note=""), name="talked_through_note")]


class Consent(models.Model):
    """A signature bound to the SHA-256 of exactly what was shown: text, language, version and answers."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey("records_chart.Person", on_delete=models.PROTECT, related_name="+")
    offer = models.OneToOneField("pathway_consent.Offer", on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey("ground_content.LibraryRow", on_delete=models.PROTECT, related_name="+")
    document_name = models.CharField(max_length=80)
    document_version = models.PositiveIntegerField()
    indication = models.CharField(max_length=30, blank=True, default="", help_text=FOR)
    shown_text = models.TextField()
    shown_sha256 = models.CharField(max_length=64)
    signer_name = models.CharField(max_length=160)
    signed_at = models.DateTimeField()
    signed_through = models.CharField(max_length=140, help_text="The link or the staff member at whose screen it was signed.")
    witness = models.ForeignKey("ground_accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Classed:
        mutable, personal, kept = False, "person_id", "as the chart"

    class Meta:
        indexes = [models.Index(fields=["person", "document_name", "signed_at"], name="consent_person")]


class CapacityNote(models.Model):
    """A clinician's statement that this person could decide, was asked alone and was not pressed."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    consent = models.ForeignKey("pathway_consent.Consent", on_delete=models.PROTECT, related_name="+")
    has_capacity = models.BooleanField()
    asked_alone = models.BooleanField()
    checks_text = models.TextField(help_text="Canonical JSON, the ids of the checks that the clinician ticked.")
    note = models.TextField(blank=True)
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey("ground_accounts.User", on_delete=models.PROTECT, related_name="+")

    class Classed:
        mutable, personal, kept = False, "consent", "as the chart"


class Withdrawal(models.Model):
    append_only = True

    id = models.UUIDField(primary_key=True)
    consent = models.OneToOneField("pathway_consent.Consent", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.CharField(max_length=140)
    said = models.TextField(blank=True)

    class Classed:
        mutable, personal, kept = False, "consent", "as the chart"


class Declined(models.Model):
    """The person said no to a document: an answer that is kept."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    offer = models.OneToOneField("pathway_consent.Offer", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.CharField(max_length=140)
    said = models.TextField(blank=True)

    class Classed:
        mutable, personal, kept = False, "offer", "as the chart"


class ConsentLock(models.Model):
    """Nothing is signed before this moment: the person has had the drug (requirement N12).  The latest moment counts."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey("records_chart.Person", on_delete=models.PROTECT, related_name="+")
    until_at = models.DateTimeField()
    why = models.CharField(max_length=160)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=140)

    class Classed:
        mutable, personal, kept = False, "person_id", "as the chart"

    class Meta:
        indexes = [models.Index(fields=["person", "until_at"], name="consent_lock_person")]
