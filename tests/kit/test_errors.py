from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from datetime import timedelta

import pytest

import qrev
from qrev.kit.errors import (
    Conflict,
    InvalidInput,
    NotAllowed,
    NotFound,
    NotSignedIn,
    QrevError,
    TooMany,
    Unavailable,
)


def all_errors(parent: type[QrevError] = QrevError) -> Iterator[type[QrevError]]:
    yield parent
    for child in parent.__subclasses__():
        yield from all_errors(child)


def every_module_is_imported() -> None:
    for module in pkgutil.walk_packages(qrev.__path__, "qrev."):
        # Importing the doors that speak Chainlit would set it up for this whole process.
        if not module.name.startswith(("qrev.chat", "qrev.serving", "qrev.__main__")):
            importlib.import_module(module.name)


def test_what_we_expect_to_go_wrong_is_one_tree() -> None:
    expected = {
        NotSignedIn,
        NotFound,
        NotAllowed,
        Conflict,
        InvalidInput,
        TooMany,
        Unavailable,
    }

    assert expected <= set(QrevError.__subclasses__())
    assert issubclass(QrevError, Exception)


def test_every_error_can_be_said_to_a_person_as_it_is() -> None:
    every_module_is_imported()

    for error in (each for each in all_errors() if each.__module__.startswith("qrev.")):
        said = inspect.getdoc(error) or ""
        assert said[:1].isupper(), error
        assert said.endswith("."), error
        assert "\n" not in said, error


@pytest.mark.parametrize("error", [NotFound, NotAllowed, Conflict, InvalidInput, Unavailable])
def test_an_error_without_words_says_what_it_is(error: type[QrevError]) -> None:
    assert str(error()) == error.__doc__


def test_too_many_says_when_to_come_back() -> None:
    error = TooMany(retry_after=timedelta(seconds=30))

    assert (str(error), error.retry_after) == (TooMany.__doc__, timedelta(seconds=30))


def test_an_error_with_words_says_those() -> None:
    assert str(NotFound("We could not find that plan.")) == "We could not find that plan."


def test_an_error_without_words_of_its_own_says_its_parents() -> None:
    class PlanNotFound(NotFound):
        pass

    assert str(PlanNotFound()) == "We could not find that."
