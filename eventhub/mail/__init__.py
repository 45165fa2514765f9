"""Mail: rendered in the reader's language, sent after the commit, at least once and under one Message-ID.

It knows no domain: rooms register their letters and who a person is.
"""
