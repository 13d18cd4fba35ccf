"""The two doors of the service: the webhook the platform knocks at, and the platform's API we knock at."""
