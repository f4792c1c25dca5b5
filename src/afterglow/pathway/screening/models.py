"""Is this treatment right for this person?  Facts as answered, overrides with two signers, and the prescriber's decision with all it saw."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

OUTCOMES = [("cleared", "cleared"), ("declined", "not for this person"), ("referred", "referred elsewhere"), ("postponed", "not yet")]


class Case(models.Model):
    """`indication`: an id of the library's indications, what the person may be treated for."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey("records_chart.Person", on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey("ground_accounts.Site", on_delete=models.PROTECT, related_name="+")
    indication = models.CharField(max_length=30, default="trd")
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=140)
    state = models.CharField(
        max_length=10, choices=[(name, name) for name in ("open", "cleared", "declined", "referred", "postponed")], default="open"
    )
    trd_definition = models.CharField(max_length=20, default="mgh_atrq", help_text="The site's definition; both are always shown (safety 37).")

    class Classed:
        mutable, personal, kept = True, "person_id", "as the chart"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person"], condition=Q(state="open"), name="case_open_once")]
        indexes = [models.Index(fields=["person", "opened_at"], name="case_person")]


class CaseFact(models.Model):
    """One answer to one screening question; the newest counts."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey("pathway_screening.Case", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=60)
    value_text = models.TextField(help_text="JSON: true, false, null for unknown, a number or a date as text.")
    detail = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=140)

    class Classed:
        mutable, personal, kept = False, "case", "as the chart"

    class Meta:
        indexes = [models.Index(fields=["case", "key", "recorded_at"], name="case_fact_key")]


class Override(models.Model):
    """A hold lifted for a reason; it counts only with a second signature by someone else."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey("pathway_screening.Case", on_delete=models.PROTECT, related_name="+")
    item = models.CharField(max_length=80)
    saw = models.TextField(help_text="The sentence that the signers read: another sentence needs new signatures.")
    reason = models.TextField()
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey("ground_accounts.User", on_delete=models.PROTECT, related_name="+")
    as_prescriber = models.BooleanField(help_text="The signer held a prescriber's licence in date at that moment.")

    class Classed:
        mutable, personal, kept = False, "case", "as the chart"

    class Meta:
        indexes = [models.Index(fields=["case", "item"], name="screening_override_item")]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="screening_override_reason")]


class SecondSignature(models.Model):
    append_only = True

    id = models.UUIDField(primary_key=True)
    override = models.OneToOneField("pathway_screening.Override", on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey("ground_accounts.User", on_delete=models.PROTECT, related_name="+")
    as_prescriber = models.BooleanField(help_text="The signer held a prescriber's licence in date at that moment.")

    class Classed:
        mutable, personal, kept = False, "override", "as the chart"


class MedicineDecision(models.Model):
    """The prescriber read a high-level interaction and decided, or looked up a line that matched no name."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey("pathway_screening.Case", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=[("decided", "interaction decided"), ("looked_up", "medicine looked up")])
    subject = models.CharField(max_length=160, help_text="The id of the interaction, or the medicine as it is written in the list.")
    note = models.TextField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=140)

    class Classed:
        mutable, personal, kept = False, "case", "as the chart"

    class Meta:
        indexes = [models.Index(fields=["case"], name="medicine_decision_case")]
        constraints = [models.CheckConstraint(condition=~Q(note=""), name="medicine_decision_note")]


class ScreeningDecision(models.Model):
    append_only = True

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey("pathway_screening.Case", on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=OUTCOMES)
    reason = models.TextField(blank=True)
    pdmp_checked_on = models.DateField(null=True, help_text="The day on which the prescription-monitoring check was recorded.")
    saw_text = models.TextField(help_text="Every finding, fact and library version the decision was made on, as JSON.")
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey("ground_accounts.User", on_delete=models.PROTECT, related_name="+")

    class Classed:
        mutable, personal, kept = False, "case", "as the chart"

    class Meta:
        indexes = [models.Index(fields=["case", "signed_at"], name="screening_decision_case")]


class Candidacy(models.Model):
    """How far a person has come whom screening decided about: so that worklists find who waits without asking about everyone.

    Written by the actions that change it, in their transaction; no step is allowed by it.  A law test holds it equal to what the rows say.
    """

    person = models.OneToOneField("records_chart.Person", primary_key=True, on_delete=models.PROTECT, related_name="+")
    clinic = models.ForeignKey("ground_accounts.Clinic", on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=OUTCOMES, help_text="Of the newest decision.")
    decided_at = models.DateTimeField()
    indication = models.CharField(max_length=30, default="trd", help_text="What the newest decision is about: an id of the library's indications.")
    consented_version = models.PositiveIntegerField(
        default=0, help_text="The version of the treatment consent for this indication that stands with capacity shown; 0 while none does."
    )
    signed_version = models.PositiveIntegerField(default=0, help_text="The same, whatever the consent was signed for.")
    signed_for = models.CharField(max_length=30, blank=True, default="", help_text="The indication it was signed for; empty while none stands.")
    open_plans = models.PositiveSmallIntegerField(
        default=0, help_text="How many plans are drafted or in force: one, two while a new version waits for its signature."
    )

    is_over = models.BooleanField(
        default=False, help_text="A plan was signed on this decision, and none is open any more: nothing waits until somebody decides anew."
    )

    class Classed:
        mutable, personal, kept = True, "person_id", "as the chart"

    class Meta:
        indexes = [
            models.Index(fields=["clinic", "outcome", "consented_version", "decided_at"], condition=Q(is_over=False), name="candidacy_consent"),
            models.Index(
                fields=["clinic", "outcome", "open_plans", "consented_version", "decided_at"], condition=Q(is_over=False), name="candidacy_plan"
            ),
        ]
