"""What exists at the service and on the phones, and what time does to it. Knows nothing of HTTP."""
