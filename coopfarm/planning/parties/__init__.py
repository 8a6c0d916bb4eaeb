"""Who is asked to which work party."""
