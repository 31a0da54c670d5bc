"""What the built-in interpreter gets out of everyday words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qrev.ai.scheduling import MAX_STEPS, days_in
from qrev.ai.understanding import answered_offer, understand
from qrev.kit.free_mail import FREE
from tests.ai.turns import often

GMAIL = ("gmail.com", "googlemail.com")


@pytest.mark.parametrize(
    ("words", "offer"),
    [
        ("Write to these people about our demand forecasting tool", "our demand forecasting tool"),
        ("Create a campaign for our new product over a month", "our new product"),
        ("I want to sell them my consulting services", "my consulting services"),
        ("we're selling solar panels", "solar panels"),
        ("reach out to them. We make packaging machines", "we make packaging machines"),
        ("Offering free SEO audits, keep it short, 4 steps", "free SEO audits"),
        ("Pitch our product Forecasta, which predicts demand, to them", None),
        ("we help teams cut costs by 20%. Write 2 mails", "we help teams cut costs by 20%"),
        ("Make four touches to help them reduce churn", "to help them reduce churn"),
        ("We are a design agency. Write two emails", "we are a design agency"),
        ("Our product is a payroll tool", "a payroll tool"),
        ("Introduce QRev (a sales assistant) to them", "QRev (a sales assistant)"),
        ("Invite everyone to our webinar on 12 May", "an invitation to our webinar on 12 May"),
        ("Send a short, friendly mail offering a product demo", "a product demo"),
        (
            "Campaign called Winter Sale for our ski rental service, casual",
            "our ski rental service",
        ),
        ("Email everyone about payroll software, just one email", "payroll software"),
        ("Our offer: bookkeeping for restaurants", "bookkeeping for restaurants"),
        ("Write to these advertising agencies about our packaging", "our packaging"),
        ("A campaign about our planner that can plan and send invoices", None),
        ("We sell a tool used by over 200 customers", "a tool used by over 200 customers"),
    ],
)
def test_an_offer_is_found_however_it_is_put(words: str, offer: str | None) -> None:
    found = understand(words).offer

    if offer is not None:
        assert found == offer
    else:
        assert found.endswith(("which predicts demand", "plan and send invoices"))


@pytest.mark.parametrize(
    "words",
    [
        "create a campaign",
        "write to them",
        "3 steps over two weeks please",
        'Create a campaign called "Selling in Spain"',
        "I do not want anything",
    ],
)
def test_words_without_an_offer_have_none(words: str) -> None:
    assert understand(words).offer == ""


def test_a_topic_is_told_from_a_thing_to_sell() -> None:
    assert understand("Write about energy costs").is_topic
    assert not understand("We sell energy audits").is_topic


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("about our tool", (0, 3, 7)),
        ("in 2 steps", (0, 3)),
        ("a 3-step campaign over two weeks", (0, 7, 14)),
        ("five emails within a month", (0, 8, 15, 22, 30)),
        ("3 steps in two weeks", (0, 7, 14)),
        ("over the next 3 weeks", (0, 10, 21)),
        ("on days 0, 2, 5 and 9", (0, 2, 5, 9)),
        ("days 1, 4 and 9", (0, 3, 8)),
        ("days 9, 2, 2 and 5", (0, 3, 7)),
        ("four touches every 3 days", (0, 3, 6, 9)),
        ("two emails a week apart", (0, 7)),
        ("3 mails, weekly", (0, 7, 14)),
        ("every other day, 3 mails", (0, 2, 4)),
        ("two follow-ups", (0, 3, 7)),
        ("with a follow-up", (0, 3)),
        ("one email, no follow-ups", (0,)),
        ("without any follow up", (0,)),
        ("a single mail", (0,)),
        ("30 emails per day", (0, 3, 7)),
        ("99 steps", (0, 3, 7, 14, 21, 30, 45, 60)),
        ("our tool pays back in 3 months", (0, 3, 7)),
    ],
)
def test_steps_and_days_are_understood(words: str, days: tuple[int, ...]) -> None:
    assert days_in(words) == days


def test_the_workspaces_own_days_fill_what_the_words_leave_open() -> None:
    own = (0, 2, 4, 8)

    assert days_in("about our tool", own) == own
    assert days_in("in 2 steps", own) == (0, 2)
    assert days_in("in 6 steps", own) == (0, 2, 4, 8, 14, 21)
    assert days_in("over two weeks", own) == (0, 5, 9, 14)


@often
@given(
    st.text(st.sampled_from(list("0123456789 ,and stepmailovrwk")) | st.characters(), max_size=60)
)
def test_whatever_is_said_the_days_begin_at_zero_and_grow(words: str) -> None:
    for text in (words, f"3 steps over {words}", f"days 0, 3 and {words}"):
        days = days_in(text)

        assert days[0] == 0
        assert list(days) == sorted(set(days))
        assert 1 <= len(days) <= MAX_STEPS


@pytest.mark.parametrize(
    ("words", "domains"),
    [
        ("skip gmail addresses", GMAIL),
        ("Skip Gmail and Yahoo addresses", (*GMAIL, "yahoo.com", "ymail.com")),
        ("exclude gmail.com and competitor.com", ("gmail.com", "competitor.com")),
        ("leave out anyone at acme.com", ("acme.com",)),
        ("don't write to anyone at @acme.co.uk", ("acme.co.uk",)),
        ("without gmail?", GMAIL),
        ("no google addresses", GMAIL),
        ("without personal addresses", FREE),
        ("our tool works without Google", ()),
        ("skip the boring parts", ()),
        ("write to people at acme.com", ()),
    ],
)
def test_addresses_to_skip_are_understood(words: str, domains: tuple[str, ...]) -> None:
    assert understand(f"We sell tea; {words}").skipped_domains == domains


@pytest.mark.parametrize(
    ("words", "tone", "is_short"),
    [
        ("about our tool, friendly tone", "friendly", False),
        ("about our tool. Keep it formal.", "formal", False),
        ("about our tool, informal", "friendly", False),
        ("a friendly 8-step sequence for our tool", "friendly", False),
        ("a short, friendly mail about our tool", "friendly", True),
        ("about our tool, keep it short and professional", "formal", True),
        ("about our eco-friendly packaging", "", False),
        ("about a short call", "", False),
        ("about our professional services", "", False),
        ("about casual wear for offices", "", False),
    ],
)
def test_tone_and_length_are_of_the_mails_not_of_the_offer(
    words: str, tone: str, is_short: bool
) -> None:
    wish = understand(f"Write to them {words}")

    assert (wish.tone, wish.is_short) == (tone, is_short)


@pytest.mark.parametrize(
    ("words", "name", "offer"),
    [
        ('Create a campaign "Spring push" about our CRM', "Spring push", "our CRM"),
        ("A campaign called ‘Tea in May’ for our tea", "Tea in May", "our tea"),
        ("Campaign named Winter Sale for our skis", "Winter Sale", "our skis"),
        ("Write about our tea, it's good, don't wait", "", None),
        ('sell "Forecasta" to them', "", "Forecasta"),
    ],
)
def test_a_name_in_quotes_is_the_campaigns_and_no_offer(
    words: str, name: str, offer: str | None
) -> None:
    wish = understand(words)

    assert wish.name == name
    assert offer is None or wish.offer == offer


@pytest.mark.parametrize(
    ("words", "offer"),
    [
        ("Solar panels for roofs", "solar panels for roofs"),
        ("It's a tool for planning", "a tool for planning"),
        ("We sell tea to offices", "tea to offices"),
        ("Forecasta", "Forecasta"),
        ("our CRM, in 2 mails, formal", "our CRM"),
        ("OUR NEW CRM", "our new crm"),
        ("{{company}} <b>tea</b>", "company btea/b"),
        ("?!", ""),
    ],
)
def test_an_answer_to_our_question_is_an_offer_as_it_stands(words: str, offer: str) -> None:
    assert answered_offer(words)[0] == offer


@often
@given(st.text(max_size=300))
def test_any_words_at_all_are_understood_as_something(words: str) -> None:
    offer = understand(words).offer

    assert not set("{}[]<>\n") & set(offer)
    assert len(offer) <= 180
