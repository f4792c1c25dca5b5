"""Names of what this door writes to the audit trail."""

from __future__ import annotations

document_made = "exchange.document_made"
link_page_read = "exchange.link_page_read"
own_visit_read = "exchange.own_visit_read"
