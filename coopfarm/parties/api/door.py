"""The door for programs that join work parties."""

from coopfarm.web.openapi import Door

api = Door("parties_api", __name__, "Work parties")
