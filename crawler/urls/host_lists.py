"""Hosts by what they are for: shared by many publishers, carriers of pages, one publisher's several; pure."""

from __future__ import annotations

BRANDS = (
    ("bbc.co.uk", "bbc.com"),
    ("theguardian.com", "guardian.co.uk"),
    ("nytimes.com", "nyti.ms"),
    ("washingtonpost.com", "wapo.st"),
    ("thetimes.com", "thetimes.co.uk"),
    ("independent.co.uk", "the-independent.com"),
    ("dw.com", "dw.de"),
    ("aljazeera.com", "aljazeera.net"),
)
"""The domains of one publisher that is no agency, the one that stands for it first."""

HOSTED = (
    *("wordpress.com", "substack.com", "tumblr.com", "typepad.com", "ghost.io", "beehiiv.com"),
    *("livejournal.com", "weebly.com", "squarespace.com", "medium.com", "micro.blog", "write.as"),
    *("bearblog.dev", "tistory.com", "over-blog.com", "canalblog.com", "buttondown.email"),
    *(
        f"blogspot.{land}"
        for land in ("com", "co.uk", "de", "fr", "it", "jp", "in", "ca", "com.br")
    ),
)
"""Domains under which each name is another publisher's, though their owners did not enter them in
the private section of the public suffix list (or, as blogspot's by country, took them out)."""

CARRIERS = (
    *("archive.org", "archive.ph", "archive.today", "archive.is", "perma.cc", "webcitation.org"),
    *("feedproxy.google.com", "feedburner.com", "feedsportal.com", "news.google.com"),
    *("googleusercontent.com", "ampproject.org", "translate.goog", "translate.google.com"),
    *("t.co", "bit.ly", "ift.tt", "buff.ly", "dlvr.it", "trib.al", "ow.ly", "tinyurl.com"),
    "goo.gl",
)
"""Hosts that carry the pages of others under their own name: archives, caches, proxies, shorteners."""

MEETING_PLACES = (
    *("facebook.com", "twitter.com", "x.com", "instagram.com", "youtube.com", "youtu.be"),
    *("linkedin.com", "pinterest.com", "reddit.com", "t.me", "telegram.me", "whatsapp.com"),
    *("tiktok.com", "threads.net", "flickr.com", "wikipedia.org", "wikimedia.org", "google.com"),
    *("creativecommons.org", "gettyimages.com", "unsplash.com", "pixabay.com", "shutterstock.com"),
)
"""Hosts that a credit's link may lead to, but no newsroom's: networks, encyclopedias, pictures."""

WORKSHOPS = (
    *("wpengine.com", "wpenginepowered.com", "pantheonsite.io", "kinsta.cloud", "cloudfront.net"),
    *("amazonaws.com", "azurewebsites.net", "azureedge.net", "herokuapp.com", "netlify.app"),
    *("vercel.app", "pages.dev", "workers.dev", "web.app", "firebaseapp.com", "ngrok.io"),
    *("local", "localhost", "internal", "lan", "invalid", "localdomain"),
)
"""Where sites are built and kept, but not read: no publisher calls itself by such a name."""

OFFICIAL = ("europa.eu", "admin.ch", "bund.de", "government.nl", "belgium.be")
"""Domains of public bodies, beside those that `OFFICIAL_LABELS` tell."""

OFFICIAL_LABELS = frozenset(
    {"gov", "gob", "gouv", "govt", "gub", "gv", "guv", "go", "gc", "mil", "int", "government"}
)
"""What a public suffix begins with under which only public bodies get names: gov.uk, go.jp, int."""
