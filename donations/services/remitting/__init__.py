"""The way of the money to the charity: transfers, receipts, what the charity says, promises."""
