"""The AI server: reads requests, writes drafts. Speaks assistant.contract and nothing else."""
