"""One turn of talk: words in, replies and cards out."""
