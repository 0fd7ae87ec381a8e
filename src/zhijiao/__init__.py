"""zhijiao (职教大脑): vocational-education policy, watched, computed and traced."""

__version__ = "0.1.0"
