"""nbdev_test, with every annotated call of the library checked: typed.py [--timing] [--path PATH] [--flags FLAGS] ...

Takes nbdev_test's own options. jaxtyping's import hook wraps what superpos defines, and beartype compares shapes and
types with what is really passed: one axis name, one size.
"""
from jaxtyping import install_import_hook
from nbdev.test import nbdev_test

if __name__ == '__main__':
    with install_import_hook('superpos', 'checker.checked'):
        nbdev_test()
