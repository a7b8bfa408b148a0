"""What people see: the hosted payment page, Connect onboarding and the sandbox's own dashboard."""
