"""Sequences, the plan, the messages and what came of them."""
