"""One file per thing that is seen on a page. A probe has no opinion."""
