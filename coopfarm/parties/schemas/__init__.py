"""Work parties, on the wire."""
