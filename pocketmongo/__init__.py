"""A small server of MongoDB's wire protocol on SQLite. It knows nothing of who uses it."""
