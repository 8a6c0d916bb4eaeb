"""A cooperative's shared water, machines and work, shared out fairly, with the reasons."""

__version__ = "0.1.0"
