"""What comes back: replies, absences, refusals and wishes to be left alone."""
