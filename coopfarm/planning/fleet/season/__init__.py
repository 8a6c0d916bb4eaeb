"""Machine-days of a season, shared so that nobody envies another by more than one of them."""
