"""Questions with known answers, asked of the library, and what that says of it."""
