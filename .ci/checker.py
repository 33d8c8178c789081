"The type checker of .ci/typed.py: beartype, for which a whole number is a number (PEP 484)"
from beartype import BeartypeConf, beartype

checked = beartype(conf=BeartypeConf(is_pep484_tower=True))
