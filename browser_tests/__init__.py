"""What people do with the integration, done in a browser that visits the demo: `scripts/test-browser`."""
