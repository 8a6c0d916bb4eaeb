"""One dry week from end to end: awards by rule and canal, then turns by outlet."""
