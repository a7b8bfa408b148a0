"""What each mail says: one function for each kind."""
