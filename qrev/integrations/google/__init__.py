"""Signing in with Google, and what a member lets us do with their Gmail."""
