"""The door for programs that book machines."""

from coopfarm.web.openapi import Door

api = Door("equipment_api", __name__, "Machines and their bookings")
