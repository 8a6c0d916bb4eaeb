"""The shape of machines and bookings on the wire."""
