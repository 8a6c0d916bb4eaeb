"""`python -m coopfarm`."""

from coopfarm.cli import main

main()
