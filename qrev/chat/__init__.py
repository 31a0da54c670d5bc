"""The Chainlit door."""
