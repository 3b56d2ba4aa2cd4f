"""What the doors for people at a terminal share: settings, progress, and how an answer looks."""
