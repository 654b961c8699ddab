"""What the hotel's tasks need besides its tools."""

from workbench.assistants.hotel.tasks.emails import write_guest_email

__all__ = ["TOOLS", "write_guest_email"]

TOOLS = (write_guest_email,)
"""Tools that plans may use and conversations do not."""
