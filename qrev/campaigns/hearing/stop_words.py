"""Whether somebody asks not to be written to any more, in the languages we know. Pure.

A wish that is missed is a mail too many to somebody who said stop; a wish that is imagined is a
customer lost. So a short answer is taken at its word, and a long one only where it says it in full.
"""

from __future__ import annotations

import re
import unicodedata

from qrev.campaigns.hearing.word_lists import any_of, words

SHORT = 60  # characters of an answer that is nothing but the wish
SIGNED = 200  # and of one with somebody's name and title under it
# The whole of a short answer, without politeness around it.
ALONE = frozenset(words("stop_alone"))
POLITE = any_of("polite", whole=True)
# Sentences that say it whatever stands around them. They are read without accents.
SENTENCES = any_of("stop_sentences")
# “Don't stop”, “I could not unsubscribe from X” and the like say something else.
NOT_MEANT = any_of("stop_not_meant")


def asks_to_stop(own: str, subject: str = "") -> bool:
    """Return whether these words, without what they quote, ask to be left alone.

    A subject counts where nothing is written under it, as mail programs do for List-Unsubscribe.
    """
    text = _plain(own)
    if not text:
        return _alone(
            _plain(re.sub(r"^(?:\s*(?:re|aw|sv|vs|tr|rv)\s*:)+", "", subject, flags=re.I))
        )
    if _alone(text):
        return True
    kept = NOT_MEANT.sub(" ", text)
    return SENTENCES.search(kept) is not None


def _alone(text: str) -> bool:
    """Return whether it is such a word and nothing else but politeness, or a name under it."""
    if len(text) > SIGNED:
        return False
    return any(_is_wish(each) for each in (text, text.partition("\n")[0]) if len(each) <= SHORT)


def _is_wish(text: str) -> bool:
    words = " ".join(re.sub(r"[^\w\s'-]", " ", POLITE.sub(" ", text)).split())
    return words in ALONE or _doubled(words)


def _doubled(words: str) -> bool:
    """Return whether it is one such word said again and again."""
    parts = words.split()
    return len(parts) > 1 and len(set(parts)) == 1 and parts[0] in ALONE


def _plain(text: str) -> str:
    """Return small letters without accents, and lines without what is around them."""
    text = text.replace("’", "'").replace("ß", "ss").replace("ł", "l").replace("ø", "o")
    flat = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    lines = [" ".join(line.split()) for line in flat.casefold().split("\n")]
    return "\n".join(line for line in lines if line)
