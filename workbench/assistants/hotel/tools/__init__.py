"""The hotel's tools."""

from workbench.assistants.hotel.tools.bookings import lookup_booking
from workbench.assistants.hotel.tools.outbox import send_email
from workbench.assistants.hotel.tools.policy import get_checkout_policy
from workbench.assistants.hotel.tools.prices import get_current_pricing
from workbench.assistants.hotel.tools.requests import create_service_request, list_service_requests
from workbench.assistants.hotel.tools.rooms import find_rooms, get_room_status

TOOLS = (
    get_room_status,
    find_rooms,
    lookup_booking,
    get_current_pricing,
    get_checkout_policy,
    create_service_request,
    list_service_requests,
    send_email,
)
"""All of them."""
