"""Look at pages in a browser (`tab`, `visit`, `probes`), and say what the kept evidence means (`wcag`)."""
