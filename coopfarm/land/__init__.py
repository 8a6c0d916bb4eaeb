"""What we farm, and where: canals, outlets, nakkas and plots."""
