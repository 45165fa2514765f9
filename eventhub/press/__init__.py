"""HTML to PDF, sheets of badges, QR codes. Knows no domain: plain values in, bytes out.

Importing this room costs nothing: WeasyPrint is loaded by the first document, in a job worker and never in a web one.
"""

from eventhub.press.assets import Asset, asset_url
from eventhub.press.document import pdf

__all__ = ["Asset", "asset_url", "pdf"]
