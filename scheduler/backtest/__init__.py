"""What a query would have found: the stored articles, shown to it as the live watcher shows them."""
