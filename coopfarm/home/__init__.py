"""All of it on one card, for the farmer."""
