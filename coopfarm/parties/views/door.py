"""The blueprint of the pages of work parties, duty, rotas, asks and offers."""

from flask import Blueprint

bp = Blueprint("parties", __name__)
