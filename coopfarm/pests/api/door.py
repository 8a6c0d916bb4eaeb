"""The door for programs that tell of pests."""

from coopfarm.web.openapi import Door

api = Door("pests_api", __name__, "Pests: sightings, campaigns, sprayings")
