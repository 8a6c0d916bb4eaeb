"""The door for programs that keep the ledger."""

from coopfarm.web.openapi import Door

api = Door("ledger_api", __name__, "What members gave and received")
