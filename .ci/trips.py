"""Each example alone in an empty folder, run with an installed superpos: trips.py EXAMPLES PYTHON

An example is one notebook that adds something - a task, a method, a kind of autoencoder, a network, a site - and
touches nothing else. So its cells are joined into a script in an empty folder, and the script runs with PYTHON, whose
superpos is the one that was installed.
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from notebooks import read

FLAGS = {'slow', 'gpu', 'net', 'browser'}


def as_script(path):
    "The cells that always run, one after the other"
    cells = [c for c in read(path) if c.code and not (FLAGS & c.directives.keys())]
    magic = re.compile(r'^\s*[%!].*$', re.M)
    return '\n\n'.join(magic.sub('', c.text) for c in cells)


def travel(path, python):
    "Run one example where nothing of the checkout is; what it printed, or None"
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / f'{path.stem}.py'
        script.write_text(as_script(path), encoding='utf-8')
        command = [python, script.name]
        environment = {'HF_HUB_OFFLINE': '1', 'MPLBACKEND': 'agg', 'PATH': str(Path(python).parent), 'HOME': folder}
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)


def main(examples, python):
    "Travel them all; the status is the number that failed"
    failed = 0
    for path in sorted(Path(examples).glob('*.ipynb')):
        done = travel(path, python)
        print(('ok   ' if done.returncode == 0 else 'FAIL ') + path.stem)
        if done.returncode:
            failed += 1
            print(done.stdout[-1000:], done.stderr[-3000:])
    return failed


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
