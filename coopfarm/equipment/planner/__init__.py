"""Rows to a problem, the problem to a plan, the plan to rows: rounds of the season."""
