"""What questionnaires write to the audit trail."""

assigned = "measures.instrument_assigned"
withdrawn = "measures.assignment_withdrawn"
answered = "measures.instrument_answered"
corrected = "measures.answers_corrected"
list_read = "measures.list_read"
page_read = "measures.response_read"
form_read = "measures.form_read"
