"""Asking the domain name system."""
