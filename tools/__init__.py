"""Tools of the project's own: installing, the test runner, checks, translations."""
