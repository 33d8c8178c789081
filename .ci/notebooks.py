"""Notebooks as data, for the checks: no dependency but Python."""
import json
import re
from pathlib import Path

DIRECTIVE = re.compile(r'^\s*#\s*\|\s*([\w-]+)\s*:?[ \t]*(.*?)\s*$', re.M)
FLAGS = {'slow', 'gpu', 'net', 'browser'}
EXPORTS = {'export', 'exports', 'exporti'}


class Cell:
    "One cell: its kind, its text, its directives"
    def __init__(self, saved):
        self.kind, self.text = saved['cell_type'], ''.join(saved['source'])
        self.outputs = saved.get('outputs', [])
        self.directives = dict(DIRECTIVE.findall(self.text)) if self.kind == 'code' else {}

    @property
    def flagged(self):
        "Whether it runs only when asked for"
        return bool(FLAGS & self.directives.keys())

    @property
    def exported(self):
        "Whether it becomes part of a module"
        return bool(EXPORTS & self.directives.keys())

    @property
    def never(self):
        "Whether it never runs"
        return self.directives.get('eval', '').lower() == 'false'

    @property
    def code(self):
        "Whether it has code, comments aside"
        return self.kind == 'code' and bool(re.sub(r'^\s*#.*$', '', self.text, flags=re.M).strip())

    @property
    def line(self):
        "Its first line that is no directive"
        lines = (line.strip() for line in self.text.splitlines() if not DIRECTIVE.match(line))
        return next((line for line in lines if line), '')[:60]


def read(path):
    "The cells of a notebook"
    return [Cell(saved) for saved in json.loads(Path(path).read_text(encoding='utf-8'))['cells']]


def all_notebooks(root='nbs'):
    "Every notebook, also those that nbdev would pass over"
    return sorted(p for p in Path(root).rglob('*.ipynb') if '.ipynb_checkpoints' not in p.parts)


def report(problems, what):
    "Print the problems; the exit status"
    for problem in problems:
        print(problem)
    if not problems:
        print(what)
    return int(bool(problems))
