"""How a page of a notebook is read: cells, times, people, plots, and what cannot be."""

from typing import Final

# Who enters pages and takes them back, and who reads all of them.
ENTERERS: Final = ("manager", "water_master", "agent")
READERS: Final = (*ENTERERS, "auditor")
