"""The twin city: synthetic people and organisations in the shape of published figures. Pure: no Django, no clock, seeded.

Nobody in it exists: names end in 示例, identity numbers begin with an area that cannot be, and every folder is marked 演示.
"""
