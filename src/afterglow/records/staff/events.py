"""What staff records write to the audit trail."""

credential_recorded = "staff.credential_recorded"
credential_ended = "staff.credential_ended"
rostered = "staff.rostered"
shift_cancelled = "staff.shift_cancelled"
list_read = "staff.list_read"
member_read = "staff.member_read"
roster_read = "staff.roster_read"
