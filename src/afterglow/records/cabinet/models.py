"""The controlled-drug ledger.  Amounts are whole micrograms, volumes whole microlitres; a balance is the sum of movements."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Lot(models.Model):
    """Vials of one product and lot number as received; the strength comes from here and nowhere else (safety 15)."""

    id = models.UUIDField(primary_key=True)
    site = models.ForeignKey("ground_accounts.Site", on_delete=models.PROTECT, related_name="+")
    product = models.CharField(max_length=60, help_text="Id in library/codes/ketamine_products.")
    drug = models.CharField(max_length=30, choices=[("ketamine_racemic", "ketAMINE (racemic)"), ("esketamine", "esKETAMINE")])
    lot_no = models.CharField(max_length=40)
    strength_ug_per_ml = models.PositiveIntegerField()
    vial_ul = models.PositiveIntegerField(help_text="Volume of one vial, from the product's list.")
    expires_on = models.DateField()
    received_at = models.DateTimeField()
    recalled_at = models.DateTimeField(null=True)
    recall_reason = models.CharField(max_length=200, blank=True)

    class Classed:
        mutable, personal, kept = True, None, "2 years at least (DEA), then by the jurisdiction's rule"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "product", "lot_no"], name="lot_once_per_site"),
            models.CheckConstraint(condition=Q(strength_ug_per_ml__gt=0, vial_ul__gt=0), name="lot_amounts_positive"),
            models.CheckConstraint(
                condition=Q(recalled_at__isnull=True, recall_reason="") | (Q(recalled_at__isnull=False) & ~Q(recall_reason="")),
                name="lot_recalled_with_reason",
            ),
        ]


class Movement(models.Model):
    """Something that happened to the drug.  Giving, wasting and returning name the draw they come from.

    `discarded` leaves the shelf without a draw: expired, recalled, broken, or the rest of an opened vial.
    """

    append_only = True

    id = models.UUIDField(primary_key=True)
    lot = models.ForeignKey("records_cabinet.Lot", on_delete=models.PROTECT, related_name="+")
    seq = models.PositiveIntegerField(help_text="The order in which the lot's movements were recorded, given under its lock.")
    what = models.CharField(max_length=9, choices=[(name, name) for name in ("received", "drawn", "given", "wasted", "returned", "discarded")])
    draw = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    amount_ug = models.PositiveBigIntegerField()
    volume_ul = models.PositiveBigIntegerField()
    session_id = models.CharField(max_length=40, blank=True, help_text="The dosing session, as text.")
    person_id = models.UUIDField(null=True)
    taken_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=140)
    by_user = models.ForeignKey("ground_accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    witness = models.ForeignKey("ground_accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200, blank=True)

    class Classed:
        mutable, personal, kept = False, "person_id", "2 years at least (DEA), then by the jurisdiction's rule"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(what__in=["received", "drawn", "discarded"], draw__isnull=True)
                | Q(what__in=["given", "wasted", "returned"], draw__isnull=False),
                name="movement_names_its_draw",
            ),
            models.CheckConstraint(
                condition=~Q(what__in=["drawn", "wasted", "returned", "discarded"]) | Q(witness__isnull=False), name="movement_witnessed"
            ),
            models.CheckConstraint(condition=Q(witness__isnull=True) | ~Q(witness=models.F("by_user")), name="movement_witness_is_another"),
            models.CheckConstraint(condition=~Q(what="drawn") | ~Q(session_id=""), name="movement_drawn_for_a_session"),
            models.UniqueConstraint(fields=["lot", "seq"], name="movement_seq_once"),
            models.CheckConstraint(condition=Q(amount_ug__gt=0) & Q(volume_ul__gte=0), name="movement_amount_positive"),
            models.CheckConstraint(condition=~Q(what__in=["wasted", "returned", "discarded"]) | ~Q(reason=""), name="movement_left_with_reason"),
        ]
        indexes = [models.Index(fields=["session_id"], name="movement_session")]


class Count(models.Model):
    """A count of a lot by two people: what was expected, what was found."""

    append_only = True

    id = models.UUIDField(primary_key=True)
    lot = models.ForeignKey("records_cabinet.Lot", on_delete=models.PROTECT, related_name="+")
    expected_ul = models.BigIntegerField()
    found_ul = models.BigIntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=140)
    by_user = models.ForeignKey("ground_accounts.User", on_delete=models.PROTECT, related_name="+")
    witness = models.ForeignKey("ground_accounts.User", on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=200, blank=True)

    class Classed:
        mutable, personal, kept = False, None, "2 years at least (DEA)"

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(witness=models.F("by_user")), name="count_witness_is_another"),
            models.CheckConstraint(condition=Q(expected_ul=models.F("found_ul")) | ~Q(note=""), name="count_discrepancy_has_note"),
        ]
