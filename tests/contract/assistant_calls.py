"""One call of every method that conversations need."""

from __future__ import annotations

from qrev.assistant.ports import Heard
from tests.contract.assistant_builders import a_line, a_row
from tests.contract.stores import Call

ASSISTANT = (
    Call("conversations", "last", lambda s, a: s.conversations.last(a, "c1", limit=5), reads=True),
    Call("conversations", "upload_of", lambda s, a: s.conversations.upload_of(a, "c1"), reads=True),
    Call("conversations", "add_if_new", lambda s, a: s.conversations.add_if_new(a_line())),
    Call("conversations", "set_upload", lambda s, a: s.conversations.set_upload(a, "c1", None)),
    Call("dropbox", "new_prospects", lambda s, a: s.dropbox.new_prospects("ai-s1", limit=5)),
    Call("dropbox", "new_messages", lambda s, a: s.dropbox.new_messages("ai-s1", limit=5)),
    Call("dropbox", "mark_prospects", lambda s, a: s.dropbox.mark_prospects(["r1"], is_used=True)),
    Call("dropbox", "mark_messages", lambda s, a: s.dropbox.mark_messages(["r1"], is_used=True)),
    Call("dropbox", "hear", lambda s, a: s.dropbox.hear("ai-s1", Heard(is_last=True))),
    Call("dropbox", "heard", lambda s, a: s.dropbox.heard("ai-s1")),
    Call("dropbox", "put_prospects", lambda s, a: s.dropbox.put_prospects([a_row("r2")])),
    Call("dropbox", "put_messages", lambda s, a: s.dropbox.put_messages([a_row("r2")])),
    Call("spending", "in_month", lambda s, a: s.spending.in_month(a, "2026-03"), reads=True),
    Call("dropbox", "ask_to_stop", lambda s, a: s.dropbox.ask_to_stop("ai-s1")),
    Call("dropbox", "is_stopped", lambda s, a: s.dropbox.is_stopped("ai-s1"), reads=True),
    Call(
        "dropbox", "put_upload", lambda s, a: s.dropbox.put_upload("u1", [{"email": "b"}], first=0)
    ),
)
