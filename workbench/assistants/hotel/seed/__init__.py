"""The sample data of the hotel: 120 rooms, their guests and bookings around a reference date."""

from workbench.assistants.hotel.seed.tables import make_tables

__all__ = ["make_tables"]
