"""Names of what this door writes to the audit trail."""

from __future__ import annotations

document_made = "exchange.document_made"
