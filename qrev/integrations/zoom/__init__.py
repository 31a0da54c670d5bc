"""Zoom: calls that members book with people, each in their own account."""
