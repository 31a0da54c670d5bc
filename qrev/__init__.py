"""QRev: a sales-outreach assistant one talks to. Start with README.md, then docs/vocabulary.md."""
