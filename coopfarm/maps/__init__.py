"""All of it on one map, for the office: canals, outlets, plots, and who has the water."""
