"""The plan: a frozen protocol version, what was individualised and why, and one signed order per infusion."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class TreatmentPlan(models.Model):
    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey("records_chart.Person", on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey("ground_accounts.Site", on_delete=models.PROTECT, related_name="+")
    protocol = models.ForeignKey("ground_content.LibraryRow", on_delete=models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField(default=1)
    replaces = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    changes_text = models.TextField(
        default="{}", help_text="What was individualised, with its reason and second signer, as JSON; all else is the protocol's."
    )
    allowed_doses = models.PositiveSmallIntegerField(help_text="Up to which dose the reviews allow; a signed review raises it.")
    boosters = models.PositiveSmallIntegerField(default=0, help_text="Infusions past the course, each allowed by its own signature.")
    carried = models.PositiveSmallIntegerField(
        default=0, help_text="Infusions of earlier plans that nobody reviewed; they count to the first review."
    )
    began_anew = models.BooleanField(default=False, help_text="Signed as a new beginning, with a reason: what was given before counts no more.")
    reviewed_doses = models.PositiveSmallIntegerField(default=0, help_text="Infusions of the course that the last signed review had seen.")
    reviewed_as = models.CharField(max_length=10, blank=True, help_text="What the last signed review decided; told by the station that reviews.")
    state = models.CharField(max_length=8, choices=[(name, name) for name in ("draft", "in_force", "ended", "dropped")], default="draft")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=140)
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey("ground_accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    second_by = models.ForeignKey("ground_accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=200, blank=True)
    course_over_at = models.DateTimeField(
        null=True, help_text="When a review sent the person on to aftercare; the plan stays in force for boosters. Null: the course goes on."
    )
    awaits_aftercare = models.BooleanField(
        default=False,
        help_text="The last signed review sent the person on to aftercare, and it has not begun. It finds people for a list and decides nothing.",
    )
    saw_text = models.TextField(default="[]", help_text="The findings it was signed on, as JSON.")
    baseline_text = models.TextField(
        default="{}", help_text="Scores and stage of resistance before the course, as they stood at the signature, as JSON; empty: not kept."
    )

    class Classed:
        mutable, personal, kept = True, "person_id", "as the chart"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "dropped"]) | Q(signed_at__isnull=False, signed_by__isnull=False), name="plan_in_force_is_signed"
            ),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True, signed_by__isnull=True) | Q(signed_at__isnull=False, signed_by__isnull=False),
                name="plan_signed_by_and_at",
            ),
            models.CheckConstraint(condition=Q(second_by__isnull=True) | ~Q(second_by=models.F("signed_by")), name="plan_second_is_another"),
            models.UniqueConstraint(fields=["person"], condition=Q(state="in_force"), name="plan_in_force_once"),
            models.UniqueConstraint(fields=["person"], condition=Q(state="draft"), name="plan_draft_once"),
            models.CheckConstraint(condition=~Q(state__in=["ended", "dropped"]) | Q(ended_at__isnull=False), name="plan_ended_has_time"),
            models.CheckConstraint(condition=Q(began_anew=False) | Q(carried=0), name="plan_anew_carries_nothing"),
        ]
        indexes = [
            models.Index(fields=["person", "made_at"], name="plan_person"),
            models.Index(fields=["state", "signed_at"], condition=Q(course_over_at__isnull=True), name="plan_going_on"),
            models.Index(fields=["person"], condition=Q(awaits_aftercare=True), name="plan_awaits_aftercare"),
        ]


class Order(models.Model):
    """A prescriber's signed order for one infusion, in whole micrograms over whole minutes.  It never changes; it ends."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    plan = models.ForeignKey("pathway_plan.TreatmentPlan", on_delete=models.PROTECT, related_name="+")
    dose_no = models.PositiveSmallIntegerField()
    drug = models.CharField(max_length=30, choices=[("ketamine_racemic", "ketAMINE (racemic)")])
    route = models.CharField(max_length=4, choices=[("iv", "IV infusion")])
    dose_ug = models.PositiveIntegerField()
    over_min = models.PositiveSmallIntegerField()
    dose_ug_per_kg = models.PositiveIntegerField()
    weight = models.ForeignKey("records_chart.BodyMeasure", on_delete=models.PROTECT, related_name="+")
    weight_g = models.PositiveIntegerField()
    dose_basis = models.CharField(max_length=60)
    reason = models.TextField(blank=True, help_text="Why the dose lies outside the say-why band.")
    second_by = models.ForeignKey("ground_accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    saw_text = models.TextField(help_text="The findings it was signed on, as JSON.")
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey("ground_accounts.User", on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()

    class Classed:
        mutable, personal, kept = False, "plan", "as the chart"

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(dose_ug__gt=0, over_min__gt=0, weight_g__gt=0), name="order_amounts_positive"),
            models.CheckConstraint(condition=Q(second_by__isnull=True) | ~Q(second_by=models.F("signed_by")), name="order_second_is_another"),
        ]
        indexes = [models.Index(fields=["plan", "dose_no", "signed_at"], name="order_plan_dose")]


class OrderEnd(models.Model):
    """Why an order no longer holds: used, cancelled by a prescriber, or void."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    order = models.OneToOneField("pathway_plan.Order", on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=10, choices=[(name, name) for name in ("used", "cancelled", "void")])
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=140)

    class Classed:
        mutable, personal, kept = False, "order", "as the chart"


class Allowance(models.Model):
    """A prescriber lets the course go further: after a signed review, or by one bridging dose with a reason."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    plan = models.ForeignKey("pathway_plan.TreatmentPlan", on_delete=models.PROTECT, related_name="+")
    before = models.PositiveSmallIntegerField()
    up_to = models.PositiveSmallIntegerField()
    bridging = models.BooleanField()
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.CharField(max_length=140)
    signed_by = models.ForeignKey("ground_accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Classed:
        mutable, personal, kept = False, "plan", "as the chart"

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(up_to__gt=models.F("before")), name="allowance_goes_further"),
            models.CheckConstraint(condition=~Q(reason=""), name="allowance_has_reason"),
        ]
        indexes = [models.Index(fields=["plan", "at"], name="allowance_plan")]


class BoosterAllowance(models.Model):
    """A prescriber allows one more infusion after the course: with a reason, and not before a day."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    plan = models.ForeignKey("pathway_plan.TreatmentPlan", on_delete=models.PROTECT, related_name="+")
    dose_no = models.PositiveSmallIntegerField(help_text="The next number after the infusions of the course and the boosters before.")
    number = models.PositiveSmallIntegerField(help_text="Which booster of the course, from 1.")
    earliest_on = models.DateField(help_text="The first day on which it may be given, at the site.")
    reason = models.TextField()
    saw_text = models.TextField(help_text="The findings, and how the person did, as JSON.")
    at = models.DateTimeField()
    by = models.CharField(max_length=140)
    signed_by = models.ForeignKey("ground_accounts.User", on_delete=models.PROTECT, related_name="+")
    second_by = models.ForeignKey("ground_accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Classed:
        mutable, personal, kept = False, "plan", "as the chart"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "dose_no"], name="booster_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="booster_has_reason"),
            models.CheckConstraint(condition=Q(number__gte=1, dose_no__gt=models.F("number")), name="booster_after_the_course"),
            models.CheckConstraint(condition=Q(second_by__isnull=True) | ~Q(second_by=models.F("signed_by")), name="booster_second_is_another"),
        ]
        indexes = [models.Index(fields=["plan", "at"], name="booster_plan")]


class GuardrailAcceptance(models.Model):
    """A named prescriber accepts, for a site, one part of a protocol that rests on judgement; without all of them no plan or order of it is signed.

    `part_text` is the part as it stood: another version of the protocol with the same words needs no new signature, a changed one does.
    """

    append_only = True

    id = models.UUIDField(primary_key=True)
    site = models.ForeignKey("ground_accounts.Site", on_delete=models.PROTECT, related_name="+")
    protocol = models.ForeignKey("ground_content.LibraryRow", on_delete=models.PROTECT, related_name="+")
    protocol_name = models.CharField(max_length=60, help_text="The id of the protocol, the same in each version.")
    part = models.CharField(max_length=120)
    part_text = models.TextField()
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey("ground_accounts.User", on_delete=models.PROTECT, related_name="+")

    class Classed:
        mutable, personal, kept = False, None, "for ever"

    class Meta:
        indexes = [models.Index(fields=["site", "protocol_name", "part"], name="guardrail_site")]
