"""No notebook, and no part of one, may go untested without saying so.

- every notebook is one that nbdev_test finds;
- one with skip_exec in its front matter, or a cell with eval: false, gives its reason in a comment (# because ...);
- below a slow or browser cell, in the same section, a cell without a flag always runs: its small twin;
- a notebook with code has at least one cell that always runs.
"""
import re
import sys

from notebooks import DIRECTIVE, all_notebooks, read, report

COMMENT = re.compile(r'(?:^|\s)#\s*(?!\|)\S*\w')
SKIP_EXEC = re.compile(r'\s*(-\s*)?skip_exec\s*:\s*(true|yes|on|1)', re.I)


def has_reason(text):
    "Whether a comment that is no directive stands in a cell"
    return any(COMMENT.search(line) for line in text.splitlines() if not DIRECTIVE.match(line))


def skipped_silently(cell):
    "Whether a cell is front matter that skips the notebook and says no reason"
    if cell.kind == 'code' or not (cell.kind == 'raw' or re.match(r'\s*#\s', cell.text)):
        return False
    lines = [line for line in cell.text.splitlines() if SKIP_EXEC.match(line)]
    return bool(lines) and '#' not in lines[0]


def without_twin(cells):
    "Slow or browser cells in whose section nothing below them always runs"
    waiting = None
    for cell in cells:
        begins_section = cell.kind == 'markdown' and re.match(r'\s*#{1,2}\s', cell.text)
        if begins_section and waiting:
            yield waiting
        if begins_section:
            waiting = None
        elif cell.code and {'slow', 'browser'} & cell.directives.keys():
            waiting = cell
        elif cell.code and not cell.flagged and not cell.never:
            waiting = None
    if waiting:
        yield waiting


def problems(path):
    "What is wrong with a notebook, a line each"
    if any(part[0] in '_.' for part in path.parts):
        yield f'{path}: nbdev_test never looks at a name that begins with _ or .'
    if (path.parent / '.notest').exists():
        yield f'{path}: never tested, because of {path.parent}/.notest'
    cells = read(path)
    for cell in cells:
        if skipped_silently(cell):
            yield f'{path}: skip_exec without a reason (skip_exec: true # because ...)'
        if cell.never and not has_reason(cell.text):
            yield f'{path}: a cell with eval: false and no reason in a comment: {cell.line}'
    code = [cell for cell in cells if cell.code]
    if code and not any(not cell.flagged and not cell.never for cell in code):
        yield f'{path}: every cell is flagged, so the default run tests nothing'
    for cell in without_twin(cells):
        yield f'{path}: a slow or browser cell without a small twin that always runs below it: {cell.line}'


def main():
    "Print the problems; the exit status"
    bad = [problem for path in all_notebooks() for problem in problems(path)]
    return report(bad, f'{len(all_notebooks())} notebooks, none skipped silently')


if __name__ == '__main__':
    sys.exit(main())
