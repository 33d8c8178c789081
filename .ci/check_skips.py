"""No notebook, and no part of one, may go untested without saying so.

- every notebook is one that nbdev_test finds;
- one with skip_exec in its front matter, or a cell with eval: false, gives its reason in a comment (# because ...);
- below a slow or browser cell, in the same section, a cell without a flag always runs: its small twin;
- a notebook with code has at least one cell that always runs.
"""
import re, sys
from pathlib import Path

from notebooks import DIRECTIVE, all_notebooks, read, report

COMMENT = re.compile(r'(?:^|\s)#\s*(?!\|)\S*\w')

def has_reason(text): return any(COMMENT.search(l) for l in text.splitlines() if not DIRECTIVE.match(l))

def problems(path):
    if any(part[0] in '_.' for part in path.parts): yield f'{path}: nbdev_test never looks at a name that begins with _ or .'
    if (path.parent/'.notest').exists(): yield f'{path}: never tested, because of {path.parent}/.notest'
    cells = read(path)
    for c in cells:
        if c.kind == 'raw' or re.match(r'\s*#\s', c.text):
            skip = [l for l in c.text.splitlines() if re.match(r'\s*(-\s*)?skip_exec\s*:\s*(true|yes|on|1)', l, re.I)]
            if c.kind != 'code' and skip and '#' not in skip[0]: yield f'{path}: skip_exec without a reason (skip_exec: true # because ...)'
        if c.never and not has_reason(c.text): yield f'{path}: a cell with eval: false and no reason in a comment: {c.line}'
    code = [c for c in cells if c.code]
    if code and not any(not c.flagged and not c.never for c in code): yield f'{path}: every cell is flagged, so the default run tests nothing'
    waiting = None
    for c in cells + [None]:
        if c is None or (c.kind == 'markdown' and re.match(r'\s*#{1,2}\s', c.text)):
            if waiting: yield f'{path}: a slow or browser cell without a small twin that always runs below it: {waiting.line}'
            waiting = None
        elif c.code and {'slow', 'browser'} & c.directives.keys(): waiting = c
        elif c.code and not c.flagged and not c.never: waiting = None

def main():
    bad = [x for p in all_notebooks() for x in problems(p)]
    return report(bad, f'{len(all_notebooks())} notebooks, none skipped silently')

if __name__ == '__main__': sys.exit(main())
