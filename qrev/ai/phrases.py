"""The sentences of the built-in writer. Each list is alternatives of one thing."""

from __future__ import annotations

# What a role cares about, to show that the mail was written for its reader.
CONCERNS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (
        ("founder", "ceo", "chief executive", "owner", "managing director", "president", "partner"),
        (
            "deciding what deserves the team's time is probably most of your week",
            "you see better than anyone where time and money get lost",
        ),
    ),
    (
        ("sales", "revenue", "account exec", "business develop", "cro", "customer success"),
        (
            "you will know how much depends on the team's time going to the right accounts",
            "keeping the pipeline honest is probably a daily topic for you",
        ),
    ),
    (
        ("marketing", "cmo", "brand", "growth", "content", "e-commerce", "ecommerce", "commerce"),
        (
            "you will know how hard it is to tell what really brings people in",
            "getting more out of the same budget is probably a familiar question",
        ),
    ),
    (
        ("engineer", "cto", "technology", "developer", "software", "data", "architect", "it "),
        (
            "you will want to know what something does before you hear what it promises",
            "keeping the team free for what matters is probably high on your list",
        ),
    ),
    (
        ("finance", "cfo", "financial", "controller", "accounting", "treasur"),
        (
            "you will look at what it costs and what it saves, and rightly so",
            "clear numbers will matter more to you than big words",
        ),
    ),
    (
        ("people", "hr", "human", "talent", "recruit"),
        (
            "you will know how much of a week disappears into coordination",
            "making work easier for everyone else is probably part of your job",
        ),
    ),
    (
        ("operation", "logistic", "supply", "coo", "procurement", "plant", "production", "product"),
        (
            "you will know which small frictions add up over a month",
            "keeping many moving parts in step is probably your daily work",
        ),
    ),
    (
        ("",),
        (
            "this seemed to be a topic that ends up on your desk",
            "you seemed to be the right person to ask",
        ),
    ),
)

BOTH = (
    "As {title} at {company}, {concern}.",
    "I am writing to you as {title} at {company}: {concern}.",
    "You are {title} at {company}, so {concern}.",
)
ONLY_COMPANY = (
    "I came across {company} and thought this might be relevant to you.",
    "I have been looking at companies like {company}, and I hope you are the right person to ask.",
)
ONLY_TITLE = (
    "As {title}, {concern}.",
    "I am writing to you in your role as {title}: {concern}.",
)
NEITHER = ("I hope you are the right person to ask about this.",)

ASK = (
    "Would a short call next week be worth your time?",
    "Is this something you are looking at this quarter?",
    "Would it be useful if I sent you a short summary?",
)
ELABORATE = (
    "If it helps, I can show you in fifteen minutes what that would look like for you, with no "
    "preparation on your side.",
    "I would be glad to show you in a quarter of an hour what this would mean in your case.",
)

SECOND = (
    "I wrote to you a few days ago about {topic}. I know how quickly a mail slips down the list.",
    "A short second note about {topic}, in case my first one got lost between other things.",
)
SECOND_ANGLE = (
    "The easiest way to find out whether it is any use to {company} is one concrete example of "
    "yours: send me one, and I will tell you honestly whether we can help.",
    "Most people want to know first what changes for their team at {company}. I can put that on "
    "one page for you.",
)
SECOND_ANGLE_PLAIN = (
    "The easiest way to find out whether it is any use to you is one concrete example: send me "
    "one, and I will tell you honestly whether we can help.",
    "Most people want to know first what changes for their team. I can put that on one page.",
)
SECOND_ASK = ("Shall I?", "Would that help?")

LATER = (
    "Another thought on {topic}: it does not have to be a big decision. One small trial, with an "
    "end date, tells you more than any presentation.",
    "I was reminded of you today. If {topic} is for someone else on your side, a name would "
    "already help me a lot.",
)
LATER_ASK = ("What do you think?", "Who would be the right person?")

LAST = (
    "I have not heard from you, so I assume that {topic} is not a priority right now. That is "
    "perfectly fine.",
    "This is my last note about {topic}; I do not want to fill your inbox.",
)
LAST_ASK = (
    "If that changes, a one-line reply is enough and I will pick it up from there.",
    "Should it become relevant later, just reply to this mail.",
)
SIGN_OFF = {"": "Best regards,", "friendly": "All the best,", "formal": "Kind regards,"}
