"""The door time comes through: due messages and sweeps."""
