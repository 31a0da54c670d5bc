"""Where campaigns are kept: one module per collection, its indexes beside its queries."""
