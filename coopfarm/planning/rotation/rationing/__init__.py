"""One supply, many claims: proportional, equal awards, equal losses, Talmud."""
