"""A team's books: account numbers, files for accountants, and closed periods."""
