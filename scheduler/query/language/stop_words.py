"""Words that stand in nearly every article of their language, so that they say nothing alone; pure."""

from __future__ import annotations

import functools

from scheduler.query.language.tree import (
    And,
    AtLeast,
    DateRange,
    Filter,
    Near,
    Not,
    Or,
    Phrase,
    Query,
    QueryReference,
    SloppyPhrase,
    WordForm,
    children,
)

# Folded, and only those that are no telling word of another of these languages: not "war", "die",
# "man", "son", "or", "us", "who", "fur", "door", "van".
_STOP_WORDS = """
a an and are as at be been but by for from had has have he her his i if in into is it its
me my of on our she so than that the their them then there these they this to was we were which
will with would you your
aber als auch auf aus bei das dass dem der des durch ein eine einem einen einer eines er es
ich ihr im ist mit nach nicht noch nur sich sie sind uber um und vom von vor wie wird zu zum
zur
au aux avec ce ces cette dans de du elle en est et il ils je la le les leur lui ne nous
ont ou pas pour qu que qui sa se ses sont sur un une vous
al como del el ellos entre esta este fue ha las lo los mas muy no nos o para pero por porque
se si sobre su sus una y ya
che da dalla degli dei del della delle di e gli i il io lei loro ma nel nella non per piu
sono suo sua tra tutti un uno
ao aos com da das do e em mas na nas nao no nos os ou pela pelo por seu sua tem um uma
aan bij dat de dit een en er heeft het hij ik ook op of te uit voor was wel wordt ze zijn
zij
af av de det der efter ej en ett fran for har i inte jag kan med och om pa
som var vi
ikke jeg og til vaere ved
czy dla do jak jest ktory na nie oraz przez sie tak tego to w z za ze
by jako je jeho jsou na o od s se tak v ve z ze
bir bu cok da daha de gibi icin ile ne o olan olarak ve
и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по от из о до
та та що не на з до як це у і й
"""


@functools.cache
def _stop_words() -> frozenset[str]:
    return frozenset(_STOP_WORDS.split())


def is_stop_word(query: Query) -> bool:
    """Tell whether a leaf says nothing: one such word, or a window of them; as written it tells."""
    match query:
        case Phrase((word,), form, field):
            return _says_nothing((word,), form, field)
        case SloppyPhrase(found, _, form, field):
            return _says_nothing(found, form, field)
    return False


def tells(query: Query) -> bool:
    """Tell whether something in a query that must hold is more than a stop word."""
    match query:
        case Not() | DateRange():
            return False
        case Filter():
            return True
        case And() | Or() | Near() | AtLeast() | QueryReference():
            return any(map(tells, children(query)))
    return not is_stop_word(query)


def _says_nothing(found: tuple[str, ...], form: WordForm, field: str | None) -> bool:
    if form is WordForm.RAW or field in ("author", "source", "url"):
        return False
    return all(word in _stop_words() for word in found)
