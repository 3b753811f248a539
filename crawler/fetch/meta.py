"""The names under which a visit's facts travel on Scrapy's requests, from middleware to middleware."""

from __future__ import annotations

VISIT = "wirewatch_visit"  # crawler.visits.records.Visit: what is wanted
LEASE = "wirewatch_lease"  # storage.hot.frontier.Lease: on whose behalf
BEGAN = "wirewatch_began"  # monotonic seconds
ROBOTS = "wirewatch_robots"  # True for a request for robots.txt itself
CUT_AT = "wirewatch_cut_at"  # bytes after which the rest of a body is of no interest
SLOT = "wirewatch_slot"  # the host whose slot this request holds
BROUGHT_BY = "wirewatch_brought_by"  # crawler.fetch.refusal_scope.BroughtBy: for whom it is made
GAP = "wirewatch_gap"  # seconds since the host's last answer that this request had to wait
LINE = "wirewatch_line"  # storage.models.fetches.Fetch: the request's line in the ledger, once it is over
HOPS = "wirewatch_hops"  # redirects so far
MOST_HOPS = "wirewatch_most_hops"  # redirects at most, where it is not the setting
PERMANENT = "wirewatch_permanent"  # whether all redirects so far were permanent

OF_EVERY_HOP = (VISIT, LEASE, BEGAN, ROBOTS, CUT_AT, MOST_HOPS)
