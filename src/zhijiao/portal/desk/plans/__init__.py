"""Plans of counties, schools and the place: written, reviewed, consulted on, in force, followed by the next."""
