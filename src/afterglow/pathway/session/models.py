"""The dosing session and everything that happens in it.

Deeds (`Entry`) and monitor messages (`Reading`) share the session's one counter: each carries `seq`, the exact text that was hashed, the hash
before it and its own, so that a session can be replayed and a changed or missing row is found.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

STATES = ("scheduled", "checked_in", "dosing", "paused", "recovery", "discharged", "transferred", "left_against_advice", "not_started")
ENDED = ("discharged", "transferred", "left_against_advice", "not_started")


class Session(models.Model):
    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey("records_chart.Person", on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey("ground_accounts.Site", on_delete=models.PROTECT, related_name="+")
    room = models.ForeignKey("records_schedule.Room", null=True, on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey("pathway_plan.TreatmentPlan", on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey("pathway_plan.Order", null=True, on_delete=models.PROTECT, related_name="+")
    appointment = models.OneToOneField("records_schedule.Appointment", on_delete=models.PROTECT, related_name="+")
    dose_no = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=20, choices=[(name, name) for name in STATES], default="scheduled")
    scheduled_at = models.DateTimeField()
    monitor = models.ForeignKey("ground_accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    checked_in_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    started_by = models.CharField(max_length=140, blank=True)
    start_key = models.CharField(max_length=80, blank=True)
    dosing_ended_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    last_rescue_at = models.DateTimeField(null=True)
    limits_text = models.TextField(blank=True, help_text="The site's accepted limits as they were at Start, as JSON.")
    seq = models.PositiveIntegerField(default=0)
    head_sha256 = models.CharField(max_length=64, blank=True)

    class Classed:
        mutable, personal, kept = True, "person_id", "as the chart"

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="session_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=["dosing", "paused"])
                | Q(started_at__isnull=False, order__isnull=False, monitor__isnull=False, room__isnull=False),
                name="session_dosing_is_complete",
            ),
            models.CheckConstraint(
                condition=~Q(state="recovery") | Q(started_at__isnull=False, dosing_ended_at__isnull=False), name="session_recovery_has_end_of_dose"
            ),
            models.CheckConstraint(condition=~Q(state__in=ENDED) | Q(ended_at__isnull=False), name="session_ended_has_time"),
            models.CheckConstraint(condition=~Q(state="not_started") | Q(started_at__isnull=True), name="session_not_started_was_not"),
            models.UniqueConstraint(fields=["room"], condition=Q(state__in=["dosing", "paused"]), name="session_one_dose_per_room"),
            models.UniqueConstraint(fields=["monitor"], condition=Q(state__in=["dosing", "paused"]), name="session_one_dose_per_monitor"),
        ]
        indexes = [
            models.Index(fields=["site", "state"], name="session_board"),
            models.Index(fields=["person", "scheduled_at"], name="session_person"),
            models.Index(fields=["site", "scheduled_at"], name="session_day"),
            models.Index(fields=["site", "started_at"], name="session_started"),
            models.Index(fields=["person", "started_at", "id", "plan", "dose_no"], name="session_counted"),  # all that the registry reads
        ]


class CheckInAnswer(models.Model):
    """One fact of the check-in, as a person entered it; the newest counts, none is lost."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    session = models.ForeignKey("pathway_session.Session", on_delete=models.PROTECT, related_name="+")
    item = models.CharField(max_length=60)
    value_text = models.TextField(help_text="JSON; null is 'asked, not known'.")
    taken_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=140)
    by_user = models.ForeignKey("ground_accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Classed:
        mutable, personal, kept = False, "session", "as the chart"

    class Meta:
        indexes = [models.Index(fields=["session", "item", "recorded_at"], name="check_in_item")]


class Entry(models.Model):
    """A deed on the timeline: start, pause, a set of vitals by hand, a note, an event, an acknowledgement, a correction."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    session = models.ForeignKey("pathway_session.Session", on_delete=models.PROTECT, related_name="+")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=30)
    taken_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    late = models.BooleanField(default=False)
    by = models.CharField(max_length=140)
    by_user = models.ForeignKey("ground_accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    corrects_seq = models.PositiveIntegerField(null=True)
    text = models.TextField(help_text="Canonical JSON: exactly what was hashed.")
    before_sha256 = models.CharField(max_length=64, blank=True)
    sha256 = models.CharField(max_length=64)

    class Classed:
        mutable, personal, kept = False, "session", "as the chart"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "seq"], name="entry_seq_once")]
        indexes = [models.Index(fields=["session", "kind", "taken_at"], name="entry_kind")]


class Device(models.Model):
    """A monitor at the door: its key is stored hashed, its room is ours to say, never the message's."""

    id = models.UUIDField(primary_key=True)
    site = models.ForeignKey("ground_accounts.Site", on_delete=models.PROTECT, related_name="+")
    room = models.ForeignKey("records_schedule.Room", null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    key_sha256 = models.CharField(max_length=64, unique=True)
    interval_s = models.PositiveIntegerField(help_text="How often it sends.")
    profile_text = models.TextField(default="{}", help_text="Channels, units and which channels share a probe, as JSON.")
    caution = models.CharField(max_length=200, blank=True, help_text="What the room must say about this source.")
    registered_at = models.DateTimeField()
    registered_by = models.CharField(max_length=140)
    ended_at = models.DateTimeField(null=True)

    class Classed:
        mutable, personal, kept = True, None, "as long as sessions name it"

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room"], condition=Q(ended_at__isnull=True, room__isnull=False), name="device_one_per_room")]


class Reading(models.Model):
    """One device message: all channels as sent and as read, with the marks it got."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    session = models.ForeignKey("pathway_session.Session", on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey("pathway_session.Device", on_delete=models.PROTECT, related_name="+")
    message_id = models.CharField(max_length=64)
    seq = models.PositiveIntegerField()
    taken_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    text = models.TextField(help_text="Canonical JSON: channels raw and read, device offset, marks; exactly what was hashed.")
    before_sha256 = models.CharField(max_length=64, blank=True)
    sha256 = models.CharField(max_length=64)

    class Classed:
        mutable, personal, kept = False, "session", "as the chart"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "seq"], name="reading_seq_once"),
            models.UniqueConstraint(fields=["device", "message_id"], name="reading_message_once"),
        ]
        indexes = [models.Index(fields=["session", "taken_at"], name="reading_time")]


class GateDecision(models.Model):
    """Every time the gate was asked to let a dose start: all facts, all findings, and whether it did."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    session = models.ForeignKey("pathway_session.Session", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.CharField(max_length=140)
    started = models.BooleanField()
    saw_text = models.TextField()

    class Classed:
        mutable, personal, kept = False, "session", "as the chart"

    class Meta:
        indexes = [models.Index(fields=["session", "at"], name="gate_decision_session")]


class Override(models.Model):
    append_only = True

    id = models.UUIDField(primary_key=True)
    session = models.ForeignKey("pathway_session.Session", on_delete=models.PROTECT, related_name="+")
    item = models.CharField(max_length=80)
    saw = models.TextField(help_text="The sentence that the signers read: another sentence needs new signatures.")
    reason = models.TextField()
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey("ground_accounts.User", on_delete=models.PROTECT, related_name="+")

    class Classed:
        mutable, personal, kept = False, "session", "as the chart"

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="session_override_reason")]


class SecondSignature(models.Model):
    append_only = True

    id = models.UUIDField(primary_key=True)
    override = models.OneToOneField("pathway_session.Override", on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey("ground_accounts.User", on_delete=models.PROTECT, related_name="+")

    class Classed:
        mutable, personal, kept = False, "override", "as the chart"


class EquipmentCheck(models.Model):
    """Oxygen, suction, bag-mask, rescue drugs: checked today at this site, item by item."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    site = models.ForeignKey("ground_accounts.Site", on_delete=models.PROTECT, related_name="+")
    checked_on = models.DateField(help_text="The day at the site.")
    items_text = models.TextField()
    complete = models.BooleanField()
    at = models.DateTimeField()
    by = models.CharField(max_length=140)

    class Classed:
        mutable, personal, kept = False, None, "7 years"

    class Meta:
        indexes = [models.Index(fields=["site", "checked_on"], name="equipment_day")]


class LimitAcceptance(models.Model):
    """A named prescriber accepts or changes one unreviewed limit for a site; without all of them no session starts."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    site = models.ForeignKey("ground_accounts.Site", on_delete=models.PROTECT, related_name="+")
    limits = models.ForeignKey("ground_content.LibraryRow", on_delete=models.PROTECT, related_name="+")
    limit_id = models.CharField(max_length=60)
    value_text = models.TextField()
    changed = models.BooleanField()
    reason = models.CharField(max_length=300, blank=True)
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey("ground_accounts.User", on_delete=models.PROTECT, related_name="+")

    class Classed:
        mutable, personal, kept = False, None, "for ever"

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(changed=False) | ~Q(reason=""), name="limit_changed_says_why")]
        indexes = [models.Index(fields=["site", "limits", "limit_id", "signed_at"], name="limit_site")]


class Leaving(models.Model):
    """How the session ended: discharged, transferred, left against advice; with all that was seen."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    session = models.OneToOneField("pathway_session.Session", on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=20, choices=[(name, name) for name in ("discharged", "transferred", "left_against_advice")])
    at = models.DateTimeField()
    by = models.CharField(max_length=140)
    saw_text = models.TextField()
    no_driving_until_at = models.DateTimeField()
    document_sha256 = models.CharField(max_length=64, blank=True)

    class Classed:
        mutable, personal, kept = False, "session", "as the chart"


class AsNeededOrder(models.Model):
    """A prescriber's signed order for a drug against nausea, for one infusion: as needed, or before the dose.  Only its end is ever added."""

    id = models.UUIDField(primary_key=True)
    plan = models.ForeignKey("pathway_plan.TreatmentPlan", on_delete=models.PROTECT, related_name="+")
    dose_no = models.PositiveSmallIntegerField()
    use = models.CharField(max_length=10, choices=[("as_needed", "as needed"), ("before", "before the dose")])
    drug = models.CharField(max_length=60, help_text="The generic name, of the library's list.")
    dose_ug = models.PositiveIntegerField(help_text="The most at once.")
    route = models.CharField(max_length=10)
    what_for = models.CharField(max_length=200)
    most_ug = models.PositiveIntegerField(help_text="The most in one session.")
    least_min = models.PositiveSmallIntegerField(help_text="Between two doses.")
    reason = models.TextField(blank=True, help_text="Why it is right although something is known against it, or could not be checked.")
    saw_text = models.TextField(help_text="What was known against it when it was signed, as JSON.")
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey("ground_accounts.User", on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=140, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)

    class Classed:
        mutable, personal, kept = True, "plan", "as the chart"

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(dose_ug__gt=0, least_min__gt=0, most_ug__gte=models.F("dose_ug")), name="as_needed_amounts"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by="", end_reason="") | Q(ended_at__isnull=False) & ~Q(ended_by="") & ~Q(end_reason=""),
                name="as_needed_end_is_whole",
            ),
            models.UniqueConstraint(fields=["plan", "dose_no", "drug", "route"], condition=Q(ended_at__isnull=True), name="as_needed_open_once"),
        ]
        indexes = [models.Index(fields=["plan", "dose_no", "signed_at"], name="as_needed_plan_dose")]
