"""Fifty files, one per success criterion of WCAG 2.1 level A and AA. A check has no browser."""
