"""The chat edge: envelope, XML and our own message."""
