"""Run nbdev_test once, every annotated call checked (typed.py), and count notebooks: test_notebooks.py COUNTS [FLAG...]

nbdev_test is content when it finds no notebook, and says how many failed but not how many it ran. So: list the
notebooks as it does, read its verdict, and write 'passed failed'. A notebook with skip_exec was not run and counts as
neither.
"""
import re
import subprocess
import sys
import time
from pathlib import Path

from nbdev.config import get_config
from nbdev.doclinks import nbglob
from nbdev.frontmatter import FrontmatterProc
from nbdev.process import NBProcessor

HEADER = 'nbdev Tests Failed On The Following Notebooks:'


def skipped(path):
    "Whether the front matter says that nbdev_test shall not run the notebook"
    front = getattr(NBProcessor(path, procs=FrontmatterProc, process=True).nb, 'frontmatter_', {})
    return str(front.get('skip_exec', False)).lower() in ('true', 'yes', 'on', '1')


def eligible():
    "The notebooks that nbdev_test runs"
    files = [Path(p) for p in nbglob()]
    return sorted(p for p in files if not (p.parent / '.notest').exists() and not skipped(p))


def run(flags):
    "Run nbdev_test and show what it says: its status and its words"
    options = ['--do_print', '--timing'] + (['--flags', ' '.join(flags)] if flags else [])
    command = [sys.executable, str(Path(__file__).with_name('typed.py')), *options]
    print('$ nbdev_test', *options, ' (every annotated call checked)', flush=True)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors='replace')
    said = []
    for line in process.stdout:
        print(line, end='', flush=True)
        said.append(line)
    return process.wait(), ''.join(said)


def failures(names, status, said):
    "The notebooks that failed; nbdev_test names them without their folders, so all of that name"
    if status == 0 and re.search(r'^Success\.$', said, re.M):
        return []
    block = said.rpartition(HEADER)[2] if HEADER in said else ''
    failed = [name for name in names if re.search(rf'^\s*{re.escape(Path(name).name)}\s*$', block, re.M)]
    return failed or names  # it stopped before its verdict: nothing is known to have passed


def main(counts, *flags):
    "Write the counts; the exit status"
    root = get_config().nbs_path
    names = [str(p.relative_to(root)) for p in eligible()]
    start = time.time()
    failed = failures(names, *run(flags)) if names else []
    Path(counts).write_text(f'{len(names) - len(failed)} {len(failed)}\n')
    if not names:
        print(f'FAIL  no notebook to test below {root}')
    for name in failed:
        print(f'FAIL  {name}')
    if names and not failed:
        print(f'ok    nbdev_test: {len(names)} notebooks ({time.time() - start:.0f} s)')
    return int(not names or bool(failed))


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
