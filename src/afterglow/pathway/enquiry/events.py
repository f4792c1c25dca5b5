"""What enquiries write to the audit trail."""

received = "enquiry.enquiry_received"
accepted = "enquiry.enquiry_accepted"
declined = "enquiry.enquiry_declined"
referred = "enquiry.enquiry_referred"
forgotten = "enquiry.enquiries_forgotten"
inbox_read = "enquiry.inbox_read"
page_read = "enquiry.page_read"
