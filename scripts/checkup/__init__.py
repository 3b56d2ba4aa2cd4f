"""What scripts/doctor looks at, a file for each kind of thing; every check gives a Finding."""
