"""Who, by when, and what if not: owners, working time, lifecycle, reminders."""
