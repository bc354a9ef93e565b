"""The simulator over HTTP: the service's addresses, the control interface, the page."""
