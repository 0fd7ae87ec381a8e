"""People: accounts, the roles they hold, and the handing over of posts."""
