"""What the hotel's tasks need besides its tools."""

from workbench.assistants.hotel.tasks.emails import write_guest_email, write_request_email

__all__ = ["TOOLS", "write_guest_email", "write_request_email"]

TOOLS = (write_guest_email, write_request_email)
"""Tools that plans may use and conversations do not."""
