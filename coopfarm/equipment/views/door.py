"""The blueprint of the machines' pages."""

from flask import Blueprint

bp = Blueprint("equipment", __name__)
