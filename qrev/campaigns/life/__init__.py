"""Pausing, stopping and changing what runs: each an order one reads before it is carried out."""
