"""Plans: handed in, consulted on, approved by another than their author, and followed by the next one."""
