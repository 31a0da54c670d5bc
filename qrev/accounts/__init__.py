"""Whose workspace it is and who may do what in it."""
