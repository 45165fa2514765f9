"""The one place that turns user text into HTML: Markdown, then a sanitiser. HTML is never stored."""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup

from .text import clean_block

TAGS = {
    *("p", "br", "hr", "strong", "em", "a", "code", "blockquote", "ul", "ol", "li", "h3", "h4", "h5"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
SCHEMES = {"http", "https", "mailto"}


@lru_cache(maxsize=512)
def render(source: str) -> Markup:
    """Markdown to safe HTML. Headings begin at h3: a page's own stand above. Raw HTML shows as text."""
    import nh3
    from markdown_it import MarkdownIt

    engine = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
    tokens = engine.parse(clean_block(source))
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 2, 5)}"
    html = engine.renderer.render(tokens, engine.options, {})
    clean = nh3.clean(
        html, tags=TAGS, attributes={"a": {"href"}, "*": set()}, url_schemes=SCHEMES, link_rel="nofollow noopener"
    )
    return Markup(clean)  # noqa: S704 — nh3 has just cleaned it
