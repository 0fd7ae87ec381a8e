"""The top floor: settings, addresses, and who hears which event."""
