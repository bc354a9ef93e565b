"""What happens to messages: numbers, routing, the inbox and the outbox.

Plain objects that know the service's models and nothing of Home Assistant, so that each can be driven in a test
without a network, an event loop of Home Assistant's or a real clock.
"""
