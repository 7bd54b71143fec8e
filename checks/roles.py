"""Roles that probes and checks both go by."""

NO_ROLE = ("", "none", "presentation", "generic", "paragraph", "heading", "listitem", "image", "img")
"""Roles of what people read and do not operate; an accordion is often made of its headings."""
