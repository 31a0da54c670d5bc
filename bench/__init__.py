"""What QRev costs, measured: `make bench` prints one JSON line per figure."""
