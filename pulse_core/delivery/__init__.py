"""Who gets what, once? Campaigns, outbox, sending."""
