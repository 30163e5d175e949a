# doc: man pages, and pages on how replyd works.
