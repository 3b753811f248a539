"""The lexer: a query's text to the tokens of the grammar, words already as nodes; pure.

Fields and modifiers end here: each word takes those before it and round its brackets. One pass,
in time that grows with the text: no part of a pattern can match in two ways.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from lark import Token

from scheduler.query.language import days, fields, filters, habits, operators, word_syntax
from scheduler.query.language.foreign_syntax import HEBREW_MARK, QUOTES, THOUSANDS
from scheduler.query.language.limits import MOST_DEPTH, MOST_TERMS, shown, too_deep, too_many_terms
from scheduler.query.language.quotes import phrase_end
from scheduler.query.language.syntax_errors import needs_word, out_of_place, unclosed
from scheduler.query.language.term_nodes import (
    FieldScope,
    TermNode,
    count_words,
    quoted_node,
    word_node,
)
from scheduler.query.language.tree import Query
from storage.errors import QueryError

_SIGNS = "".join(sorted({*QUOTES, *"".join(QUOTES.values())}))
_PIECE = re.compile(
    rf"""
      (?P<space> \s+ | (?<!\S)(?:\#(?!\S)|//)[^\n]* )
    | (?P<remark> /\* | <<< )
    | (?P<open> \( )
    | (?P<close> \) )
    | (?P<quote> [{re.escape(_SIGNS)}] )
    | (?P<count> \{{ [^{{}}\n]* \}}? )
    | (?P<boost> \^ [\d.]* )
    | (?P<sign> &&? | \|\|? | ! | [+\-] | (?<!\S)[\u2013\u2014](?=[^\s\u2013\u2014]) )
    | (?P<word> (?: \\.? | &(?=\w) | {HEBREW_MARK} | {THOUSANDS} | [^\s()"{{}}|&\\^{re.escape(_SIGNS)}] )+ )
    | (?P<other> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_OPERAND = re.compile(r"\s*[^\s)]")
_OPTIONAL = re.compile(r"\(\w{1,2}\)(?!\w)")  # boat(s)
_SLOP = re.compile(r"~\s*(\d{0,9})")
_CALL = re.compile(
    r'(O?NEAR)\(\s*"([^"]*)"\s*,\s*"([^"]*)"\s*,\s*(\d{1,9})\s*'
    r"(?:,\s*(?:in_order\s*=\s*)?(true|false)\s*)?\)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class TokenStream:
    """The tokens of a query, those of its named queries (whose value is to be set), and hints.

    `terms` is the number of words.
    """

    tokens: tuple[Token, ...]
    names: tuple[Token, ...]
    notes: tuple[str, ...]
    terms: int


def lex(text: str) -> TokenStream:
    """Return the tokens of a text whose signs are normal (`foreign_syntax.normalize_signs`).

    Raises QueryError, with positions in that text.
    """
    habits.check_text(text)
    lexer = _Lexer(text)
    lexer.run()
    return TokenStream(
        tuple(lexer.tokens), tuple(lexer.names), tuple(dict.fromkeys(lexer.notes)), lexer.terms
    )


@dataclass(slots=True)
class _Prefix:
    """What was typed before a word and waits for it."""

    scope: FieldScope
    at: int
    end: int
    name: str
    kinds: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Lexer:
    text: str
    at: int = 0
    tokens: list[Token] = field(default_factory=list)
    names: list[Token] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    terms: int = 0
    _scopes: list[FieldScope] = field(default_factory=lambda: [FieldScope()])
    _opened: list[int] = field(default_factory=list)
    _prefix: _Prefix | None = None
    _for_the_rest: bool = False

    def run(self) -> None:
        """Read the whole text. Raises QueryError."""
        steps = {
            "remark": self._remark,
            "open": self._open,
            "close": self._close,
            "quote": self._quote,
            "count": self._count,
            "boost": self._boost,
            "sign": self._sign,
            "word": self._word,
            "other": self._other,
        }
        while self.at < len(self.text):
            found = _PIECE.match(self.text, self.at)
            if found is None or found.lastgroup is None:
                raise out_of_place(self.text[self.at], self.at)
            at, self.at = self.at, found.end()
            if found.lastgroup != "space":
                steps[found.lastgroup](found[0], at)
        self._finish()

    def _finish(self) -> None:
        if self._prefix is not None:
            raise needs_word(self._prefix.name, self._prefix.at)
        if self._opened:
            raise unclosed("bracket", ")", self._opened[-1])
        if self._for_the_rest:
            self._add("_CLOSE", ")", len(self.text))

    def _remark(self, piece: str, at: int) -> None:
        closing = "*/" if piece == "/*" else ">>>"  # Brandwatch's
        end = self.text.find(closing, self.at)
        if end < 0:
            raise unclosed("comment", closing, at)
        self.at = end + len(closing)

    def _open(self, piece: str, at: int) -> None:
        if len(self._opened) >= MOST_DEPTH:
            raise too_deep(at, "brackets are")
        if self._stands_behind_operand():
            habits.refuse_nearness_in_brackets(self.text, at)
        self._scopes.append(self._take_scope())
        self._opened.append(at)
        self._add("_OPEN", piece, at)

    def _close(self, piece: str, at: int) -> None:
        self._refuse_after_prefix()
        if not self._opened:
            raise QueryError(
                "this bracket closes nothing",
                position=at,
                suggestion="remove it, or open one before it",
            )
        self._opened.pop()
        self._scopes.pop()
        self._add("_CLOSE", piece, at)

    def _quote(self, opening: str, at: int) -> None:
        end = phrase_end(self.text, opening, self.at)
        content = self.text[at + 1 : end]
        self.at = end + 1
        slop = _SLOP.match(self.text, self.at)
        distance = None
        if slop:
            distance = operators.slop(slop[1], self.at)
            self.at = slop.end()
        scope = self._take_scope()
        if scope.field in filters.READ:
            self._add_leaf(filters.filter_node(scope.field, content, at), content, at)
        else:
            found = quoted_node(content, at, distance, scope)
            self._add_terms(found, self.text[at : self.at], at)

    def _count(self, piece: str, at: int) -> None:
        self._refuse_after_prefix()
        number = operators.count(piece, at)
        self._add("COUNT", piece, at, operators.checked_count(number, at))

    def _boost(self, piece: str, _at: int) -> None:
        self.notes.append(f"{piece} is ignored: matches are not ranked by single words")

    def _sign(self, piece: str, at: int) -> None:
        self._refuse_after_prefix("-" if piece in "-\u2013\u2014" else piece)
        if piece in operators.SIGN_OPERATORS:
            self._add(operators.SIGN_OPERATORS[piece], piece, at)
            return
        alone = self.text[self.at : self.at + 1].isspace() or self.at == len(self.text)
        if piece == "+" and self._stands_behind_operand():
            self.notes.extend(habits.plus_notes(self.text, self.at))
        if piece == "+":
            self._add("_AND" if alone else "_PLUS", piece, at)
            return
        if alone:
            raise QueryError(
                "a dash that stands alone can be NOT or punctuation",
                position=at,
                expected=("a word right behind the dash",),
                suggestion="write -port for NOT port, or leave the dash out",
            )
        if piece != "-":
            self.notes.append(f"the long dash {piece} before a word is read as NOT")
        self._add("MINUS", "-", at)

    def _other(self, piece: str, at: int) -> None:
        raise out_of_place(piece, at)

    def _word(self, word: str, at: int) -> None:
        if (idle := habits.idle_sign(word)) is not None and self._operand_follows():
            self.notes.append(idle)
        if word_syntax.is_punctuation(word):
            self._refuse_after_prefix()
            return
        waiting = self._prefix
        if (waiting is None or waiting.end < at) and self._operator(word, at):
            return
        if self._field(word, at) or self._foreign(word, at):
            return
        name = word_syntax.reference_name(word, at)
        if name is not None:
            self._reference(name, at)
            return
        self._bare(word, at)

    def _operator(self, word: str, at: int) -> bool:
        """Add a word that is an operator; return False when it is none."""
        if self._call(word, at):
            return True
        if word in operators.WORD_OPERATORS:
            self._refuse_after_prefix(word)
            self._add(operators.WORD_OPERATORS[word], word, at)
            return True
        if (number := operators.mentions(word)) is not None:
            self._refuse_after_prefix(word)
            self._add("TIMES", word, at, operators.checked_count(number, at))
            return True
        near = operators.proximity(word, self.text, self.at, at)
        if near is None:
            return self._foreign_operator(word, at)
        self._refuse_after_prefix(word)
        (distance, ordered), self.at = near
        typed = self.text[at : self.at]
        self.notes.extend(operators.proximity_note(typed, distance, ordered=ordered))
        self._add("NEAR", typed, at, (distance, ordered))
        return True

    def _foreign_operator(self, word: str, at: int) -> bool:
        """Add an operator of another language between two operands; return False when it is none."""
        habits.check_word(self.text, at, self.at)
        if self._prefix is not None:
            return False
        follows_and = bool(self.tokens) and self.tokens[-1].type == "_AND"
        behind = self._stands_behind_operand() or follows_and
        found = habits.foreign_operator(word, between=behind and self._operand_follows())
        if found is None or (follows_and and found.meaning != "NOT"):
            return False
        self.notes.append(found.note)
        if found.meaning is None:
            return False
        self._add(operators.WORD_OPERATORS[found.meaning], word, at)
        return True

    def _stands_behind_operand(self) -> bool:
        return bool(self.tokens) and self.tokens[-1].type in ("LEAF", "_CLOSE", "COUNT")

    def _operand_follows(self) -> bool:
        return _OPERAND.match(self.text, self.at) is not None

    def _call(self, word: str, at: int) -> bool:
        """Add NEAR("a", "b", 5, in_order=true), as NewsCatcher writes it; return False when it is none."""
        if word.upper() not in ("NEAR", "ONEAR"):
            return False
        found = _CALL.match(self.text, at)
        scope = self._scopes[-1]
        if found is None or scope.field in filters.READ:
            return False
        self._refuse_after_prefix(word)
        ordered = found[5] == "true" or word.upper() == "ONEAR"
        distance = operators.checked_distance(found[4], word, found.start(4))
        self._add("_OPEN", "(", at)
        for group, kind in ((2, "NEAR"), (3, "_CLOSE")):
            place = found.start(group)
            self._add_terms(quoted_node(found[group], place, None, scope), found[group], place)
            self._add(kind, word if kind == "NEAR" else ")", place, (distance, ordered))
        self.at = found.end()
        return True

    def _field(self, word: str, at: int) -> bool:
        """Read a field, filter or modifier up to its colon; return False when the word has none."""
        found = word_syntax.field_prefix(word)
        if found is None:
            return False
        name = found.lower()
        end = at + len(found) + 1
        if name in fields.DAYS:
            self._days(name, at, end)
        elif (number := word_syntax.repeat_count(name)) is not None:
            self._repeated(f"{found}:", number, at)
        elif name in fields.FOR_THE_REST:
            self._for_all(name, at, end)
        elif (scope := self._scope_of(name)) is not None:
            self._hold_prefix(found, scope, at, end)
        else:
            word_syntax.check_unknown(found, word, at)
            if word_syntax.is_prose_colon(word, found):
                return False
            self.notes.append(f"{found}: is no field; {shown(word)} is read as words side by side")
            return False
        return True

    def _foreign(self, word: str, at: int) -> bool:
        """Read what other tools write before words: title=…, hl(…), ATL2/…; False when it is none."""
        if (counted := habits.counted(word)) is not None:
            self._refuse_after_prefix(word)
            number, length = counted
            self._add("TIMES", word[:length], at, operators.checked_count(number, at))
            self.at = at + length
            return True
        if (compared := habits.compared(word)) is not None:
            return self._compared(*compared, at)
        return self.text[self.at : self.at + 1] == "(" and self._called(word, at)

    def _compared(self, name: str, sign: str, length: int, at: int) -> bool:
        """Read title=ferry as title:ferry, and date>=2026; False where the sign says nothing."""
        if name.lower() in fields.DAYS and sign[0] in "<>=":
            self._days(name.lower(), at, at + len(name))
            return True
        field_meant = habits.field_meant(name)
        if sign[0] in "=:" and field_meant is not None:
            self.notes.append(f"{name}{sign} is read as {field_meant}:")
            self._hold_prefix(name, self._in_field(field_meant), at, at + length)
            return True
        habits.check_call(name, at)
        if sign != "=":
            habits.refuse_comparison(name, sign, at)
        return False

    def _called(self, name: str, at: int) -> bool:
        """Read title(…) as title:(…); False where it is a word and a group."""
        habits.check_call(name, at)
        field_meant = habits.field_meant(name)
        ending = _OPTIONAL.match(self.text, self.at)
        if field_meant is None and ending is not None:
            self.notes.append(f"{ending[0]} behind {shown(name)} is left out")
            self.at = ending.end()
            return False
        if field_meant is None:
            self.notes.append(habits.call_note(name))
            return False
        self.notes.append(f"{name}(…) is read as {field_meant}:(…)")
        self._hold_prefix(name, self._in_field(field_meant), at, self.at)
        return True

    def _in_field(self, known: str) -> FieldScope:
        return replace(self._prefix.scope if self._prefix else self._scopes[-1], field=known)

    def _scope_of(self, name: str) -> FieldScope | None:
        if name in fields.FORMS:
            outer = self._prefix.scope if self._prefix else self._scopes[-1]
            return replace(outer, form=fields.FORMS[name])
        known = fields.TEXT_FIELDS.get(name) or fields.FILTER_FIELDS.get(name)
        return self._in_field(known) if known else None

    def _hold_prefix(self, name: str, scope: FieldScope, at: int, end: int) -> None:
        """Keep a field or modifier for what comes; refuse two of a kind before one word."""
        waiting = self._prefix
        kind = "form" if name.lower() in fields.FORMS else "field"
        if waiting is not None and kind in waiting.kinds:
            raise QueryError(
                f"{waiting.name}: and {name}: can't both go for one word",
                position=at,
                expected=("a word", "a phrase", "("),
                suggestion=f"leave one out, or write it twice: {waiting.name}:port OR {name}:port",
            )
        kinds = frozenset({kind}) | (waiting.kinds if waiting else frozenset())
        self._prefix = _Prefix(scope, at, end, name, kinds)
        self.at = end

    def _repeated(self, typed: str, number: int, at: int) -> None:
        if self._prefix is not None or (self.tokens and self.tokens[-1].type == "TIMES"):
            raise out_of_place(typed, at)
        self._add("TIMES", typed, at, operators.checked_count(number, at))
        self.at = at + len(typed)

    def _days(self, name: str, at: int, end: int) -> None:
        self._prefix = None
        found = days.VALUE.match(self.text, end)
        if found is None:
            raise needs_word(name, at)
        self.at = found.end()
        value = found[0].strip()
        self._add_leaf(days.date_range(name, value, end), value, at)

    def _for_all(self, name: str, at: int, end: int) -> None:
        if self.tokens:
            raise QueryError(
                f"{name}: goes for all that follows, and must stand at the beginning",
                position=at,
                suggestion=f"write {fields.FOR_THE_REST[name]}:(…) with the words in brackets",
            )
        self._scopes = [FieldScope(fields.FOR_THE_REST[name])]
        self._for_the_rest = True
        self._add("_OPEN", "(", at)
        self.at = end

    def _reference(self, name: str, at: int) -> None:
        scope = self._take_scope()
        if scope != FieldScope():
            what = f"{scope.field}:" if scope.field else f"{scope.form}:"
            raise QueryError(
                f"{what} can't be put before @{name}: a named query has fields of its own",
                position=at,
                suggestion=f"write the field into the query that is kept as {name}",
            )
        self._add("LEAF", f"@{name}", at)
        self.names.append(self.tokens[-1])

    def _bare(self, word: str, at: int) -> None:
        scope = self._take_scope()
        if scope.field in filters.READ:
            found = filters.filter_node(scope.field, word, at)
            doubt = filters.filter_hint(found)
            self.notes += [doubt] if doubt else []
            self._add_leaf(found, word, at)
            return
        if scope.form is None and scope.field != "url" and "://" not in word:
            word, notes = habits.read_signs(word)
            self.notes.extend(notes)
        typed = word_syntax.strip_signs(word, at, scope, quotes_follow=self._quotes_follow())
        self.notes.extend(typed.notes)
        if typed.exact_follows:
            self._prefix = _Prefix(typed.scope, at, self.at, word)
            return
        self._add_terms(word_node(typed.text, at, typed.scope), word, at)

    def _quotes_follow(self) -> bool:
        return self.text[self.at : self.at + 1] in ("(", *QUOTES)

    def _add_terms(self, term: TermNode, typed: str, at: int) -> None:
        if term.questioned:
            self.notes.append(
                f"the question mark that ends {shown(typed)} is left out; for one letter more or less, write *"
            )
        self._add_leaf(term.query, typed, at)

    def _add_leaf(self, query: Query, typed: str, at: int) -> None:
        self.terms += count_words(query)
        if self.terms > MOST_TERMS:
            raise too_many_terms(at)
        self._add("LEAF", typed, at, query)

    def _add(self, kind: str, typed: str, at: int, value: object = None) -> None:
        token = Token(kind, typed, at)
        token.value = value
        self.tokens.append(token)

    def _take_scope(self) -> FieldScope:
        """Return what goes for the word or bracket in hand."""
        waiting, self._prefix = self._prefix, None
        return self._scopes[-1] if waiting is None else waiting.scope

    def _refuse_after_prefix(self, operator: str | None = None) -> None:
        if self._prefix is not None:
            raise needs_word(self._prefix.name, self._prefix.at, operator)
