"""The sentences of the built-in writer. Each list is alternatives of one thing.

They claim nothing about the reader but what the list says, and nothing about the offer but what the
member said. `{at_company}` is " at Acme" or nothing, `{them}` is "Acme" or "you".
"""

from __future__ import annotations

import re
from collections.abc import Mapping

Pair = tuple[str, str]  # words that lead to a question, and the question

# What a role is about, to show that the mail was written for its reader. The first that fits.
CONCERNS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (re.compile(rf"\b(?:{roles})", re.IGNORECASE), concerns)
    for roles, concerns in (
        (
            r"founder|co-?founder|ceo\b|chief exec|owner|managing (?:director|partner)|president\b",
            (
                "you decide what deserves the team's time",
                "you see better than anyone where time and money go",
            ),
        ),
        (
            r"customer (?:success|support|service|experience|care)|support\b",
            (
                "you hear first what works for customers and what does not",
                "you know how much depends on keeping good customers",
            ),
        ),
        (
            r"sales|revenue|account (?:exec|manager)|business develop|cro\b|commercial",
            (
                "you know how much depends on talking to the right people at the right time",
                "you know what a good conversation at the right moment is worth",
            ),
        ),
        (
            r"marketing|cmo\b|brand|growth|content|e-?commerce|communications",
            (
                "you know how hard it is to tell what really brings people in",
                "you know what it takes to get more out of the same budget",
            ),
        ),
        (
            r"financ|cfo\b|chief financial|controller|account(?:ant|ing)|treasur",
            (
                "you will look first at what something costs and what it saves",
                "you will care more for clear numbers than for big words",
            ),
        ),
        (
            r"people\b|hr\b|human res|talent|recruit",
            (
                "you know how much of a week can disappear into coordination",
                "you know how much depends on making work easier for everyone else",
            ),
        ),
        (
            r"product (?:manager|owner|lead|director)|(?:head|vp|director) of product\b|cpo\b",
            (
                "you decide what is worth doing and what can wait",
                "you know how much depends on picking the right few things",
            ),
        ),
        (
            r"engineer|cto\b|cio\b|technolog|technical|developer|software|data\b|architect|it\b",
            (
                "you will want to know what something does before you hear what it promises",
                "you will want to keep the team free for what matters",
            ),
        ),
        (
            r"operation|ops\b|logistic|supply|coo\b|procurement|purchas|plant\b|production",
            (
                "you know how small frictions add up over a month",
                "you keep many moving parts in step",
            ),
        ),
    )
)
ANY_CONCERN = (
    "you may be the one who decides on questions like this",
    "you may be the right person to ask",
)

BOTH = (
    "As {title}{at_company}, {concern}.",
    "In your role as {title}{at_company}, {concern}.",
    "I thought of you because, as {title}{at_company}, {concern}.",
)
ONLY_TITLE = ("As {title}, {concern}.", "In your role as {title}, {concern}.")
NO_TITLE = (
    "I hope this is of interest to you{at_company}.",
    "I hope this reaches the right person{at_company}.",
)

# A first mail ends in one of these. The page comes last: a second mail may offer that too.
ASKS: Mapping[str, tuple[Pair, ...]] = {
    "thing": (
        (
            "I can show you in fifteen minutes what that would mean for {them}.",
            "Would a short call next week suit you?",
        ),
        (
            "I would be glad to hear how you handle this today.",
            "Is this something you are looking at this quarter?",
        ),
        (
            "If you would rather read than talk, that is fine as well.",
            "Shall I send you the main points on one page?",
        ),
    ),
    "topic": (
        (
            "Fifteen minutes would be enough to see whether it is worth more of your time.",
            "Would a short call next week suit you?",
        ),
        (
            "I would be glad to hear how you see this{at_company}.",
            "Is this something you are looking at this quarter?",
        ),
        (
            "If you would rather read than talk, that is fine as well.",
            "Shall I send you the main points on one page?",
        ),
    ),
    "event": (
        ("A short reply is enough, and I will send you the details.", "Would you like to join?"),
        ("It would be good to have you there.", "Shall I send you the details?"),
    ),
}

SECOND = (
    "I wrote to you recently about {topic}. I know how quickly a mail slips down the list.",
    "This is a short second note about {topic}, in case my first one got lost.",
)
SECOND_ASKS: Mapping[str, tuple[Pair, ...]] = {
    "thing": (
        (
            "The easiest way to find out whether this is of any use to {them} is one concrete "
            "example of yours. I will tell you honestly whether we can help with it.",
            "Is there one that comes to mind?",
        ),
        (
            "You may be wondering what would change for your team{at_company}. I can put that on "
            "one page for you.",
            "Shall I send it?",
        ),
    ),
    "topic": (
        (
            "I do not need much of your time: a short answer either way helps me.",
            "Is this worth a conversation, from where you stand?",
        ),
        (
            "If it helps you decide, I can put the main points on one page for you.",
            "Shall I send it?",
        ),
    ),
    "event": (
        (
            "If it is of interest to you or a colleague{at_company}, I will gladly send the "
            "details.",
            "Shall I?",
        ),
        ("A one-word reply is enough for me to know.", "Can I count you in?"),
    ),
}

# What a second mail asks without leading up to it.
SHORT_SECOND_ASKS: Mapping[str, tuple[str, ...]] = {
    "thing": (
        "Is this worth a short conversation?",
        "Shall I send you the main points on one page?",
    ),
    "event": ("Can I count you in?", "Shall I send you the details?"),
}

# As many as there can be mails between the second and the last: none comes twice.
LATER: Mapping[str, tuple[Pair, ...]] = {
    "thing": (
        (
            "One more thought on {topic}: this does not have to be a big decision. A first "
            "conversation shows whether it fits.",
            "Would next week work?",
        ),
        (
            "I wrote to you about {topic}. Perhaps someone else{at_company} looks after this; a "
            "name would already help me a lot.",
            "Who would be the right person?",
        ),
        (
            "I am coming back to {topic} once more. If the moment is wrong, tell me when a better "
            "one would be, and I will write then.",
            "When would suit you?",
        ),
        (
            "One answer from you would help me most with {topic}.",
            "What would make this worth your time?",
        ),
        (
            "I know that {topic} may be the last thing on your desk this week.",
            "Would it help if I wrote again next month?",
        ),
    ),
    "event": (
        (
            "One more line on {topic}: a short yes or no is enough for me.",
            "Would you like to join?",
        ),
        (
            "I wrote to you about {topic}. Perhaps it is more for someone else{at_company}; a name "
            "would already help me.",
            "Whom should I invite?",
        ),
        ("I am coming back to {topic} once more.", "Shall I send you the details after all?"),
        ("There is one thing I would like to know about {topic}.", "Can I count you in?"),
        (
            "In case you cannot come: I can write to you about {topic} afterwards, in a few lines.",
            "Shall I do that?",
        ),
    ),
}

LAST: Mapping[str, tuple[Pair, ...]] = {
    "thing": (
        (
            "I have not heard back from you about {topic}, so I take it that now is not the "
            "right time. That is perfectly fine.",
            "If that changes, a one-line reply is enough and I will pick it up from there.",
        ),
        (
            "This is my last note about {topic}: I do not want to fill your inbox.",
            "Should it become relevant later, just reply to this mail.",
        ),
    ),
    "event": (
        (
            "I have not heard back from you about {topic}, so I take it that you cannot make "
            "it this time. That is perfectly fine.",
            "If that changes, a one-line reply is enough and I will send you the details.",
        ),
        (
            "This is my last note about {topic}: I do not want to fill your inbox.",
            "If you would still like to come, just reply to this mail.",
        ),
    ),
}
SIGN_OFF = {"": "Best regards,", "friendly": "All the best,", "formal": "Kind regards,"}

# How a friendly mail puts it.
CONTRACTED = (
    ("I would", "I'd"),
    ("I will", "I'll"),
    ("I am", "I'm"),
    ("you would", "you'd"),
    ("This is", "Here's"),
    ("That is", "That's"),
    ("do not", "don't"),
    ("does not", "doesn't"),
    ("cannot", "can't"),
    ("have not", "haven't"),
    ("now is not", "now isn't"),
    ("it is worth", "it's worth"),
)
