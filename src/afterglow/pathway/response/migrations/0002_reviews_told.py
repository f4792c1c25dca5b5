"""The newest review of each course, told once to its plan for everyone reviewed before plans were told."""

from __future__ import annotations

import json
from typing import Any

from django.db import migrations


def tell(apps: Any, schema_editor: Any) -> None:
    """Onto the first version, where reviews point; how many infusions it had seen is in what was kept with the signature."""
    plans = apps.get_model("pathway_plan", "TreatmentPlan").objects
    rows = apps.get_model("pathway_response", "ResponseReview").objects.order_by("signed_at", "id")
    newest = {plan_id: (decision, after, saw) for plan_id, decision, after, saw in rows.values_list("plan_id", "decision", "after_dose", "saw_text")}
    for plan_id, (decision, after, saw) in newest.items():
        plans.filter(id=plan_id).update(reviewed_as=decision, reviewed_doses=max(after, int(json.loads(saw).get("given") or 0)))


class Migration(migrations.Migration):
    dependencies = [("pathway_response", "0001_first"), ("pathway_plan", "0004_series")]

    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
