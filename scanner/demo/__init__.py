"""A small made-up municipality to scan: Gemeente Voorbeeldmeer, with planted and labelled barriers.

Served on loopback by `estate.Estate`; the labels are read back by `expectations.expectations`; `nights` changes the
estate between two scans. Pages are in `pages/` (Jinja2), what they need in `static/`.
"""
