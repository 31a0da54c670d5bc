"""Sending over SMTP."""
