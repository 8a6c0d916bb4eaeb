"""The blueprint of the maps' pages."""

from flask import Blueprint

bp = Blueprint("maps", __name__)
