"""The errors for tokens that can't follow each other; pure."""

from __future__ import annotations

from lark import Token

from storage.errors import QueryError

OPERAND = ("a word", "a phrase", "(")
_JOINS = ("_AND", "_OR", "NEAR")
_BEFORE_A_PART = (*_JOINS, "NOT", "MINUS", "_PLUS", "TIMES")


def misplaced(before: Token | None, token: Token | None, end: int) -> QueryError:
    """Return the error for a token (None: the end) behind another one (None: the beginning)."""
    if token is None:
        return _ended(before, end)
    at = token.start_pos or 0
    if token.type == "_CLOSE" and before is not None and before.type == "_OPEN":
        return _refused("these brackets are empty", before.start_pos or 0, "write a word in them")
    if before is not None and before.type in _BEFORE_A_PART:
        return _behind_operator(before, token, at)
    if token.type in _JOINS:
        return _before_operator(before, token, at)
    if token.type == "COUNT":
        return _refused(
            f"{token} counts nothing",
            at,
            "write it behind a word, a phrase or brackets: putin{3}",
        )
    return _refused(f"{str(token)!r} can't stand here", at, "put it in quotes to search for it")


def unpositional(what: str, at: int, suggestion: str) -> QueryError:
    """Return the error for a part that stands nowhere in a text, where only such parts can be near or counted."""
    return QueryError(
        what,
        position=at,
        expected=("words, phrases, or those joined by OR",),
        suggestion=suggestion,
    )


def unclosed(what: str, sign: str, at: int) -> QueryError:
    """Return the error for what is opened and not closed."""
    return QueryError(
        f"this {what} is not closed",
        position=at,
        expected=(sign,),
        suggestion=f"close it with {sign}",
    )


def out_of_place(sign: str, at: int) -> QueryError:
    """Return the error for a sign that means nothing."""
    return _refused(
        f"{sign!r} can't stand here",
        at,
        "leave it out, or put it in quotes with the words round it",
    )


def needs_word(name: str, at: int, operator: str | None = None) -> QueryError:
    """Return the error for a field or modifier with nothing behind its colon, or with an operator."""
    if operator in ("-", "NOT", "!", "+"):
        advice = f"write {operator}{' ' if operator == 'NOT' else ''}{name}:…"
    else:
        advice = f'write a word behind {name}:, or put it in quotes if you mean the word: "{name}"'
    return _refused(f"{name}: needs a word, a phrase or brackets behind it", at, advice)


def _refused(message: str, at: int, suggestion: str) -> QueryError:
    return QueryError(message, position=at, expected=OPERAND, suggestion=suggestion)


def _ended(before: Token | None, end: int) -> QueryError:
    if before is None:
        return QueryError(
            "the query is empty", expected=("a word",), suggestion="write a word that must appear"
        )
    return _refused(f"a word is missing behind {before}", end, _or_quoted("behind", before))


def _behind_operator(before: Token, token: Token, at: int) -> QueryError:
    if before.type in ("MINUS", "_PLUS"):
        return _refused(
            f"{str(before)!r} belongs to one word or group, and {token} can't follow it",
            at,
            f"write it right before a word, for instance {before}port",
        )
    if before.type == "NEAR" and token.type in ("NOT", "MINUS"):
        return unpositional(
            f"{token} can't stand on a side of {before}: what does not appear is near nothing",
            at,
            "write what must not appear behind: a NEAR/5 b NOT c",
        )
    if before.type == token.type == "NOT":
        return _refused("two NOT take each other back", at, "leave out both, or one")
    if token.type == "_CLOSE":
        return _refused(
            f"a word is missing between {before} and )", at, _or_quoted("behind", before)
        )
    return _refused(
        f"{token} can't follow {before}: a word is missing between them",
        at,
        f'leave out one of them, or put it in quotes if you mean the word: "{token}"'
        if str(token).isalpha()
        else "leave out one of them",
    )


def _before_operator(before: Token | None, token: Token, at: int) -> QueryError:
    if before is None or before.type == "_OPEN":
        return _refused(f"a word is missing before {token}", at, _or_quoted("before", token))
    return QueryError(
        f"{token} can't stand behind a word with - or + before it",
        position=at,
        expected=("AND", "OR", "the end"),
        suggestion=f"put brackets round what belongs together: -(a {token} b)",
    )


def _or_quoted(where: str, operator: Token) -> str:
    advice = f"write a word {where} {operator}"
    if operator.isalpha():
        return f'{advice}, or put it in quotes if you mean the word: "{operator}"'
    return f"{advice}, or leave it out"
