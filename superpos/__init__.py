__version__ = "0.1.0"

from .public import __all__, __dir__, __getattr__
