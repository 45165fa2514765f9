"""`make bench`: every measure, one table."""

from __future__ import annotations

import sys

from . import press, registration, site
from .harness import Row, table


def main() -> None:
    lines: list[Row] = []
    for part in (site, registration, press):
        print(f"measuring: {part.__name__.rpartition('.')[2]} …", file=sys.stderr, flush=True)
        lines += [
            Row(*(f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in row)) for row in part.rows()
        ]
    print(table(lines))


if __name__ == "__main__":
    main()
