"""The documented methods: form values in, the service's answers out. Knows nothing of HTTP."""
