"""Questions about pests; nothing here writes."""
