"""Short messages to phones, through whichever gateway the cooperative has."""
