"""What a person is told when the demo cannot go on."""


class DemoError(Exception):
    """The demo cannot start or go on; the message is one sentence that says what to do."""
