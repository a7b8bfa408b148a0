"""What tests stand on: clients, fixtures and processes; no tests in here."""
