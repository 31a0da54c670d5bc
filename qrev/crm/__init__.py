"""The people and companies an account knows."""
