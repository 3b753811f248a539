"""The hostile web: a server that plays every bad answer, and the crawl that has to live with it."""
