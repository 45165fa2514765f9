"""`python -m eventhub.cli`, which `eventhub serve` starts its processes with."""

from . import main

main(prog_name="eventhub")
