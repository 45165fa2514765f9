"""A place for text on a badge: fitted to its room, drawn by WeasyPrint's own text drawing, remembered."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Final

from pydyf import _to_bytes
from weasyprint.draw.text import draw_emojis, draw_first_line
from weasyprint.formatting_structure import boxes
from weasyprint.matrix import Matrix
from weasyprint.text.ffi import pango
from weasyprint.text.line_break import Layout, line_size

SMALLEST: Final = 0.4
"""Below this share of its size a name is no longer read across a table: it is cut short instead."""

REMEMBERED: Final = 4000


@dataclass(frozen=True, slots=True)
class Fit:
    """How a text stands in its place: its lines, each with its width at full size, and the scale of all of them."""

    lines: tuple[str, ...]
    widths: tuple[float, ...]
    scale: float


class Place:
    """One element of the template that waits for text. Lengths in CSS pixels, from the top left of the badge."""

    def __init__(self, box: Any) -> None:
        element = box.element
        self.name: str = element.get("data-place")
        self.fixed: str | None = element.get("data-fixed")
        self.arabic = element.get("dir") == "rtl"
        self.x, self.y, self.width, self.height = box.content_box_x(), box.content_box_y(), box.width, box.height
        text = next((each for each in box.descendants() if isinstance(each, boxes.TextBox)), None)
        if text is not None:
            self._prepare(box, text, int(element.get("data-lines", "1")))

    def _prepare(self, box: Any, text: Any, lines: int) -> None:
        line = next(each for each in box.descendants() if isinstance(each, boxes.LineBox))
        self._lines = lines
        self._style = text.style
        self._line_height = line.height
        self._baseline = text.position_y + text.baseline - line.position_y
        self._low = self.name == "function"
        self._centred = box.style["text_align_all"] == "center"
        self._layout = Layout(text.style)
        pango.pango_layout_set_auto_dir(self._layout.layout, True)
        self._drawn = SimpleNamespace(style=text.style, pango_layout=self._layout, text="")
        self._operators: dict[str, bytes] = {}
        box.children = []

    def operators(self, stream: Any, text: str) -> bytes:
        """The PDF operators that draw the text here; drawn once and remembered.

        They begin and end in a saved graphics state and carry their own font and colour, so that they stand anywhere.
        """
        known = self._operators.get(text)
        if known is None:
            if len(self._operators) >= REMEMBERED:
                self._operators.clear()
            known = self._operators[text] = self._draw(stream, self._fit(text))
        return known

    def _draw(self, stream: Any, fit: Fit) -> bytes:
        mark = len(stream.stream)
        scale = fit.scale
        spare = self.height - len(fit.lines) * self._line_height * scale
        top = self.y + (spare if self._low else spare / 2)
        for number, (line, width) in enumerate(zip(fit.lines, fit.widths, strict=True)):
            self._measure(line)
            x = self.x + self._indent(width * scale)
            y = top + (number * self._line_height + self._baseline) * scale
            with stream.stacked():
                stream.set_color(self._style["color"])
                stream.begin_text()
                emojis = draw_first_line(stream, self._drawn, "clip", "none", Matrix(a=scale, d=-scale, e=x, f=y))
                stream.end_text()
                if emojis:
                    stream.transform(a=scale, d=scale, e=x, f=y)
                    draw_emojis(stream, self._style, 0, 0, emojis)
        drawn = b"\n".join(_to_bytes(operator) for operator in stream.stream[mark:])
        del stream.stream[mark:]
        return drawn

    def _indent(self, width: float) -> float:
        if self._centred:
            return float(self.width - width) / 2
        return float(self.width - width) if self._layout.first_line_direction else 0.0

    def _measure(self, text: str) -> float:
        """The width of one line at full size; leaves the layout ready to draw it."""
        self._layout.set_text(text)
        self._drawn.text = text
        line, _ = self._layout.get_first_line()
        return float(line_size(line, self._style)[0])

    def _fit(self, text: str) -> Fit:
        fit = self._broken(text)
        kept = len(text)
        while fit.scale < SMALLEST and kept > 1:
            kept = max(1, min(kept - 1, int(kept * fit.scale / SMALLEST)))
            fit = self._broken(text[:kept].rstrip() + "…")
        return fit

    def _broken(self, text: str) -> Fit:
        """The text on as many lines as leave it largest."""
        best = self._scaled((text,))
        if best.scale < 1 and self._lines > 1:
            best = max([best, *map(self._scaled, _halves(text))], key=lambda fit: fit.scale)
        return best

    def _scaled(self, lines: tuple[str, ...]) -> Fit:
        widths = tuple(self._measure(line) for line in lines)
        room = self.height / (len(lines) * self._line_height)
        return Fit(lines, widths, min(1, room, self.width / max(*widths, 0.01)))


def _halves(text: str) -> list[tuple[str, ...]]:
    """The ways to break a text in two at one of the three spaces nearest to its middle."""
    spaces = [at for at, char in enumerate(text) if char == " "]
    middle = len(text) / 2
    return [(text[:at], text[at + 1 :]) for at in sorted(spaces, key=lambda at: abs(at - middle))[:3]]
