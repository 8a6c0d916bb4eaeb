"""Backups that prove themselves, and installations made anew from them."""
