"""The blueprint of the pests' pages."""

from flask import Blueprint

bp = Blueprint("pests", __name__)
