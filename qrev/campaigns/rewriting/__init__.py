"""Other words for many mails at once: asked for in words, read as a diff, applied by Confirm."""
