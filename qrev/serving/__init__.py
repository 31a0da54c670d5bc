"""Putting the doors behind one origin, and running that."""
