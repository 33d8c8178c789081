"The type checker of .ci/typed.py: beartype, for which whole numbers and NumPy's numbers are numbers too"
import numpy as np
from beartype import BeartypeConf, BeartypeHintOverrides, beartype

NUMBERS = BeartypeHintOverrides({
    int: int | np.integer,
    float: float | int | np.integer | np.floating,
    complex: complex | float | int | np.number,
})
checked = beartype(conf=BeartypeConf(hint_overrides=NUMBERS))
