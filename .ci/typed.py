"""Run the notebooks with every annotated call of the library checked: typed.py [FILE_RE]

jaxtyping's import hook wraps what superpos defines, and beartype compares shapes and types with what is really passed:
one axis name, one size.
"""
import sys

from jaxtyping import install_import_hook
from nbdev.test import nbdev_test


def main(file_re=None):
    "Run them; the status is not 0 if a call did not keep its annotation's word"
    with install_import_hook('superpos', 'checker.checked'):
        nbdev_test(file_re=file_re, folder_re=None, n_workers=2, timing=True)


if __name__ == '__main__':
    main(*sys.argv[1:])
