"""Who we are: cooperatives, households, members, and how they sign in."""
