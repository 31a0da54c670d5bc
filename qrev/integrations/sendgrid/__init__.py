"""SendGrid: tells whoever runs QRev that something went wrong."""
