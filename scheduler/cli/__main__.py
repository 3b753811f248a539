"""`python -m scheduler.cli`: the same as `wirewatch`."""

from scheduler.cli import main

main()
