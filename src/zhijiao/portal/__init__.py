"""The web pages, in folders by audience."""
