"""Tables, named queries, outbox, migrations. Decides nothing."""
