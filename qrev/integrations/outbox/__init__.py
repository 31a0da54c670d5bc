"""The local outbox: mails as files, for trying everything out without sending anything."""
