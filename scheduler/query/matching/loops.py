"""The matcher's loops over arrays: which topics have an anchor in an article, and which hold; pure.

Percolation, in two steps: candidates by their anchors (see `anchors`), then each candidate's program
is run exactly. NEAR and windows give minimal intervals (Clarke, Cormack and Burkowski, An Algebra
for Structured Text Search, Computer Journal 38, 1995).

Plain Python that numba compiles where it is installed; without it the same code runs as it is, which
is enough for some thousand topics. All of it is in this file, since numba compiles anew what it kept
on disk only when this file has changed. Spans are packed into one number each, so that sorting them
is by start, and of those with one start the longest first.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

END: Final = 0
HAS: Final = 1  # field, term: it stands there
SIDE_BY_SIDE: Final = 2  # field, first term, how many
ELSE_GO: Final = 3  # place: when what was asked last does not hold
THEN_GO: Final = 4  # place: when it does
NOT: Final = 5
DAY: Final = 6  # first day, and the last one behind it
RUNS: Final = 7  # field, first term, how many: put where they stand side by side on the stack
WINDOWS: Final = 8  # field, first term, how many, and the width behind them
UNION: Final = 9  # how many sets of spans become one
NEAR: Final = 10  # ordered, distance: of the upper two
SOME: Final = 11  # take a set from the stack: is there a span in it
COUNTED: Final = 12  # number: are there so many
"""What a program consists of, each with the numbers that follow it.

From RUNS on they work on a stack of sets of spans; all before it decide."""

Numbers = NDArray[np.int32]
Spans = NDArray[np.int64]

NONE: Final = -1
"""No position; no room."""
_BITS: Final = 32
_LOW: Final = (1 << 32) - 1
FULL: Final = -1
"""What a program answers when its spans found no room."""


ROW: Final = 8
CODE, OPERANDS, SEEN_IN, LOOKED_AT, HELD, SHAPE, SIZE = range(7)
"""A program's row: where its code and its operands begin; the serial of the article for which it was
looked at last; how often it was looked at and how often it held; its shape and its operands' number."""


class TopicArrays(NamedTuple):
    """What is watched. A program is a shape's code with operands of its own.

    Anchors lead to lists of slots, each of which names a program; 0 ends a list, and is the list
    of what is no anchor. Pairs of terms are hashed: `pair_keys` holds 0 where there is none.
    """

    list_of_term: Numbers
    pairs: int
    pair_begins: NDArray[np.uint8]  # by term: it is the first of some pair
    pair_keys: Spans
    pair_lists: Numbers
    heads: Numbers  # by list: its first slot
    slots: Numbers  # a program, and the next slot of the list
    rows: Numbers  # of programs
    operands: Numbers
    code: Numbers


class Scratch(NamedTuple):
    """Arrays to work in, and what is learned: by term, in how many articles it stood.

    `occurrences` says of each term how often it stands in the article, and where its positions are.
    """

    frequency: Numbers
    occurrences: Numbers
    spans: Spans
    tops: Numbers  # where each set of spans on the stack begins; the last one's end behind it
    found: Numbers  # the programs that hold
    suspects: Numbers  # those whose anchors are too common


class ArticleArrays(NamedTuple):
    """One article, laid out: see `vocabulary.EncodedText`."""

    entries: Numbers
    entry_at: Numbers
    entry_terms: Numbers
    bounds: Numbers
    day: int
    serial: int


class TermPositions(NamedTuple):
    """Where an article's terms stand, as `Scratch.occurrences` says."""

    positions: Numbers
    occurrences: Numbers


def locate(article: ArticleArrays, scratch: Scratch) -> tuple[Numbers, Numbers]:
    """Note where each term stands; return the positions, and the terms in the order of their first."""
    total = 0
    distinct = 0
    for entry in article.entries:
        for at in range(article.entry_at[entry], article.entry_at[entry + 1]):
            term = article.entry_terms[at]
            distinct += scratch.occurrences[2 * term] == 0
            scratch.occurrences[2 * term] += 1
            total += 1
    positions = np.empty(total + 1, dtype=np.int32)
    terms = np.empty(distinct, dtype=np.int32)
    known = 0
    end = 1  # an offset of 0 is none
    for place in range(article.entries.size):
        entry = article.entries[place]
        for at in range(article.entry_at[entry], article.entry_at[entry + 1]):
            term = article.entry_terms[at]
            if scratch.occurrences[2 * term + 1] == 0:
                scratch.occurrences[2 * term + 1] = end
                end += scratch.occurrences[2 * term]
                scratch.occurrences[2 * term] = 0
                terms[known] = term
                known += 1
            positions[scratch.occurrences[2 * term + 1] + scratch.occurrences[2 * term]] = place
            scratch.occurrences[2 * term] += 1
    return positions, terms


def locate_by_arrays(article: ArticleArrays, scratch: Scratch) -> tuple[Numbers, Numbers]:
    """Return what `locate` does, by whole arrays: the faster of the two where nothing is compiled."""
    starts = article.entry_at[article.entries]
    sizes = article.entry_at[article.entries + 1] - starts
    ends = np.cumsum(sizes)
    within = np.arange(ends[-1]) - np.repeat(ends - sizes, sizes)
    held = article.entry_terms[np.repeat(starts, sizes) + within]
    order = np.argsort(held, kind="stable")
    positions = np.zeros(held.size + 1, dtype=np.int32)
    positions[1:] = np.repeat(np.arange(sizes.size), sizes)[order]
    terms, counts = np.unique(held, return_counts=True)
    scratch.occurrences[2 * terms] = counts
    scratch.occurrences[2 * terms + 1] = np.cumsum(counts) - counts + 1
    return positions, terms


def clear(terms: Numbers, scratch: Scratch) -> None:
    """Forget where an article's terms stood."""
    for term in terms:
        scratch.occurrences[2 * term] = 0
        scratch.occurrences[2 * term + 1] = 0


def list_of_pair(keys: Spans, lists: Numbers, first: int, second: int) -> int:
    """Return the list of two terms side by side; 0 for none."""
    key = pair_key(first, second)
    place = pair_place(keys, key)
    return lists[place] if keys[place] == key else 0


def pair_key(first: int, second: int) -> int:
    """Return one number for two terms side by side; never 0."""
    return ((int(first) + 1) << _BITS) | (int(second) + 1)


def pair_place(keys: Spans, key: int) -> int:
    """Return where a pair is in the table, or would be; the table is never full."""
    mask = keys.size - 1
    place = ((key >> 32) * 0x9E3779B1 + (key & _LOW) * 0x85EBCA6B) & mask
    while keys[place] not in (0, key):
        place = (place + 1) & mask
    return place


def match(
    positions: Numbers,
    terms: Numbers,
    article: ArticleArrays,
    topics: TopicArrays,
    scratch: Scratch,
    suspect_ratio: int,
) -> tuple[int, int]:
    """Find the programs that hold; return how many, and how many are suspects.

    `positions` and `terms` are what `locate` gave.

    The first is -1 when there was no room for spans; all is as before then but for what was
    learned.
    """
    where = TermPositions(positions, scratch.occurrences)
    state = np.zeros(2, dtype=np.int64)
    for term in terms:
        scratch.frequency[term] += 1
        if topics.list_of_term[term]:
            run_list(
                topics.list_of_term[term],
                article,
                topics,
                scratch,
                where,
                state,
                suspect_ratio,
            )
    pairs_until = article.entries.size - 1 if topics.pairs else 0
    for place in range(pairs_until):
        entry, following = article.entries[place], article.entries[place + 1]
        if entry == 0 or following == 0:
            continue
        for at in range(article.entry_at[entry], article.entry_at[entry + 1]):
            first = article.entry_terms[at]
            if topics.pair_begins[first] == 0:
                continue
            for behind in range(article.entry_at[following], article.entry_at[following + 1]):
                second = article.entry_terms[behind]
                found = list_of_pair(topics.pair_keys, topics.pair_lists, first, second)
                if found:
                    run_list(found, article, topics, scratch, where, state, suspect_ratio)
    clear(terms, scratch)
    return state[0], state[1]


def run_list(
    from_list: int,
    article: ArticleArrays,
    topics: TopicArrays,
    scratch: Scratch,
    where: TermPositions,
    state: Spans,
    suspect_ratio: int,
) -> None:
    """Evaluate the programs of a list that were not looked at for this article."""
    rows = topics.rows
    slot = topics.heads[from_list]
    while slot != 0 and state[0] != FULL:
        program = topics.slots[2 * slot]
        slot = topics.slots[2 * slot + 1]
        row = rows[ROW * program : ROW * program + ROW]
        if row[SEEN_IN] == article.serial:
            continue
        row[SEEN_IN] = article.serial
        answer = run(program, article, topics, scratch, where)
        if answer == FULL:
            state[0] = FULL
            return
        row[LOOKED_AT] += 1
        if answer:
            row[HELD] += 1
            scratch.found[state[0]] = program
            state[0] += 1
        elif row[LOOKED_AT] > suspect_ratio * (row[HELD] + 1) and state[1] < scratch.suspects.size:
            scratch.suspects[state[1]] = program
            state[1] += 1


def match_each(
    positions: Numbers,
    terms: Numbers,
    programs: Numbers,
    article: ArticleArrays,
    topics: TopicArrays,
    scratch: Scratch,
) -> int:
    """Run these programs whatever their anchors; return how many hold, -1 as `match`."""
    where = TermPositions(positions, scratch.occurrences)
    found = 0
    for program in programs:
        answer = run(program, article, topics, scratch, where)
        if answer == FULL:
            found = FULL
            break
        if answer:
            scratch.found[found] = program
            found += 1
    clear(terms, scratch)
    return found


def run(
    program: int,
    article: ArticleArrays,
    topics: TopicArrays,
    scratch: Scratch,
    where: TermPositions,
) -> int:
    """Run a program on an article: 1 when it holds, 0 when not, -1 when there is no room."""
    code, operands = topics.code, topics.operands
    start = topics.rows[ROW * program + CODE]
    base = topics.rows[ROW * program + OPERANDS]
    bounds, tops = article.bounds, scratch.tops
    at = start
    holds = False
    depth = 0
    tops[0] = 0
    while code[at] != END:
        operation = code[at]
        if operation == HAS:
            field = 2 * code[at + 1]
            term = operands[base + code[at + 2]]
            holds = occurs(term, bounds[field], bounds[field + 1], where)
            at += 3
        elif operation == ELSE_GO:
            at = at + 2 if holds else start + code[at + 1]
        elif operation == THEN_GO:
            at = start + code[at + 1] if holds else at + 2
        elif operation == NOT:
            holds = not holds
            at += 1
        elif operation == DAY:
            first = base + code[at + 1]
            holds = article.day > 0 and operands[first] <= article.day <= operands[first + 1]
            at += 2
        elif operation == SIDE_BY_SIDE:
            first, count, field = base + code[at + 2], code[at + 3], 2 * code[at + 1]
            terms = operands[first : first + count]
            low, high = bounds[field], bounds[field + 1]
            holds = side_by_side(terms, low, high, article, where, scratch.spans, 0, 1) > 0
            at += 4
        elif operation == SOME:
            depth -= 1
            holds = tops[depth + 1] > tops[depth]
            at += 1
        elif operation == COUNTED:
            depth -= 1
            holds = tops[depth + 1] - tops[depth] >= operands[base + code[at + 1]]
            at += 2
        else:
            size = push(at, base, depth, article, topics, scratch, where)
            if size == NONE:
                return FULL
            if operation == UNION:
                depth -= code[at + 1] - 1
                at += 2
            elif operation == NEAR:
                depth -= 1
                at += 3
            else:
                depth += 1
                at += 4
            tops[depth] = tops[depth - 1] + size
    return int(holds)


def push(
    at: int,
    base: int,
    depth: int,
    article: ArticleArrays,
    topics: TopicArrays,
    scratch: Scratch,
    where: TermPositions,
) -> int:
    """Put the spans that an operation finds on the stack, in place of those that it takes.

    How many they are, -1 when there is no room.
    """
    code, operands, spans, tops = topics.code, topics.operands, scratch.spans, scratch.tops
    operation = code[at]
    if operation == UNION:
        return union(spans, tops[depth - code[at + 1]], tops[depth])
    if operation == NEAR:
        distance = operands[base + code[at + 2]]
        left, right, end = tops[depth - 2], tops[depth - 1], tops[depth]
        return near(spans, left, right, end, distance, code[at + 1])
    first, count, field = base + code[at + 2], code[at + 3], 2 * code[at + 1]
    terms = operands[first : first + count]
    low, high = article.bounds[field], article.bounds[field + 1]
    if operation == WINDOWS:
        return windows(terms, operands[first + count], low, high, where, spans, tops[depth])
    most = spans.size - tops[depth]
    return side_by_side(terms, low, high, article, where, spans, tops[depth], most)


def occurs(term: int, low: int, high: int, where: TermPositions) -> bool:
    """Tell whether a term stands within the bounds."""
    behind = next_from(term, low, where)
    return 0 <= behind < high


def has_term_at(term: int, place: int, article: ArticleArrays) -> bool:
    """Tell whether a term is among those of a position."""
    entry = article.entries[place]
    for at in range(article.entry_at[entry], article.entry_at[entry + 1]):
        if article.entry_terms[at] == term:
            return True
    return False


def side_by_side(
    terms: Numbers,
    low: int,
    high: int,
    article: ArticleArrays,
    where: TermPositions,
    spans: Spans,
    top: int,
    most: int,
) -> int:
    """Put at most so many runs of the terms into `spans`, from `top`; return how many, -1 without room.

    Begins at the term that stands fewest times. Asked for one it gives one at most, else all.
    """
    rarest = 0
    for at in range(terms.size):
        if where.occurrences[2 * terms[at]] < where.occurrences[2 * terms[rarest]]:
            rarest = at
    offset = where.occurrences[2 * terms[rarest] + 1]
    size = 0
    for at in range(offset, offset + where.occurrences[2 * terms[rarest]]):
        start = int(where.positions[at]) - rarest
        if start < low or start + terms.size > high:
            continue
        fits = True
        for step in range(terms.size):
            if step != rarest and not has_term_at(terms[step], start + step, article):
                fits = False
                break
        if fits:
            if top + size >= spans.size:
                return NONE
            spans[top + size] = (start << _BITS) | (_LOW - (start + terms.size))
            size += 1
            if most == 1:
                break
    return size


def windows(
    terms: Numbers, width: int, low: int, high: int, where: TermPositions, spans: Spans, top: int
) -> int:
    """Put the shortest runs with all the terms into `spans`; return how many, -1 without room."""
    size = 0
    for first in range(terms.size):
        begin = top + size
        if begin + where.occurrences[2 * terms[first]] > spans.size:
            return NONE
        count = begun(terms[first], low, high, where, spans, begin)
        for other in range(terms.size):
            if other != first:
                stretch(terms[other], high, where, spans, begin, count)
        for at in range(begin, begin + count):
            end = _LOW - (spans[at] & _LOW)
            if end <= high and end - (spans[at] >> _BITS) <= width:
                spans[top + size] = spans[at]
                size += 1
    return minimal(spans, top, size)


def begun(term: int, low: int, high: int, where: TermPositions, spans: Spans, top: int) -> int:
    """Put a span of one word for each position of a term within the bounds; return how many."""
    offset = where.occurrences[2 * term + 1]
    size = 0
    for at in range(offset, offset + where.occurrences[2 * term]):
        start = int(where.positions[at])
        if low <= start < high:
            spans[top + size] = (start << _BITS) | (_LOW - (start + 1))
            size += 1
    return size


def stretch(term: int, high: int, where: TermPositions, spans: Spans, top: int, size: int) -> None:
    """Let spans reach to where a term stands next from their starts; over `high` for nowhere."""
    at = where.occurrences[2 * term + 1]
    behind = at + where.occurrences[2 * term]
    for place in range(top, top + size):
        start = spans[place] >> _BITS
        while at < behind and where.positions[at] < start:
            at += 1
        end = int(where.positions[at] if at < behind else high) + 1
        if end > _LOW - (spans[place] & _LOW):
            spans[place] = (start << _BITS) | (_LOW - end)


def next_from(term: int, start: int, where: TermPositions) -> int:
    """Return where a term stands next, from a position on; -1 for nowhere."""
    low = where.occurrences[2 * term + 1]
    end = low + where.occurrences[2 * term]
    high = end
    while low < high:
        middle = (low + high) // 2
        if where.positions[middle] < start:
            low = middle + 1
        else:
            high = middle
    return int(where.positions[low]) if low < end else NONE


def union(spans: Spans, top: int, end: int) -> int:
    """Make one set, without repeats, of the spans up to `end`; return its size."""
    spans[top:end].sort()
    size = 0
    for at in range(top, end):
        if size == 0 or spans[at] != spans[top + size - 1]:
            spans[top + size] = spans[at]
            size += 1
    return size


def near(spans: Spans, left: int, right: int, end: int, distance: int, ordered: int) -> int:
    """Put what two sets have near each other in the place of both; return its size, -1 without room."""
    work = end + (end - left)
    if work + (end - left) > spans.size:
        return NONE
    size = near_in_order(spans, left, right, right, end, distance, end, work)
    if not ordered:
        size += near_in_order(spans, right, end, left, right, distance, end + size, work)
    size = minimal(spans, end, size)
    spans[left : left + size] = spans[end : end + size]
    return size


def near_in_order(
    spans: Spans,
    first: int,
    first_end: int,
    second: int,
    second_end: int,
    distance: int,
    out: int,
    work: int,
) -> int:
    """Write, for each span of the first set, the shortest reach to one of the second behind it.

    One sweep: the first set goes by its ends, so that what begins near behind them is a window that
    only moves on. From `work` on stand the first set by its ends, and then those of the window that
    end before each that begins later.
    """
    queue = work + (first_end - first)
    for at in range(first, first_end):
        spans[work + at - first] = ((_LOW - (spans[at] & _LOW)) << _BITS) | (spans[at] >> _BITS)
    spans[work:queue].sort()
    size = 0
    head = tail = queue
    following = second
    for at in range(work, queue):
        end, start = spans[at] >> _BITS, spans[at] & _LOW
        while following < second_end and (spans[following] >> _BITS) < end + distance:
            # What is packed ends earlier where its low half is greater.
            while head < tail and (spans[tail - 1] & _LOW) <= (spans[following] & _LOW):
                tail -= 1
            spans[tail] = spans[following]
            tail += 1
            following += 1
        while head < tail and (spans[head] >> _BITS) < end:
            head += 1
        if head < tail:
            spans[out + size] = (start << _BITS) | (spans[head] & _LOW)
            size += 1
    return size


def minimal(spans: Spans, top: int, size: int) -> int:
    """Sort spans and leave out each that holds another one; return how many stay."""
    spans[top : top + size].sort()
    kept = 0
    for at in range(top, top + size):
        while kept and (spans[top + kept - 1] & _LOW) <= (spans[at] & _LOW):
            kept -= 1
        spans[top + kept] = spans[at]
        kept += 1
    return kept
