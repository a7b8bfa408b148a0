"""What the owner of one address may ask for."""
