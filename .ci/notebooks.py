"""Notebooks as data, for the checks: no dependency but Python."""
import json, re
from pathlib import Path

DIRECTIVE = re.compile(r'^\s*#\s*\|\s*([\w-]+)\s*:?[ \t]*(.*?)\s*$', re.M)
FLAGS = {'slow', 'gpu', 'net', 'browser'}
EXPORTS = {'export', 'exports', 'exporti'}

class Cell:
    "One cell: its kind, its text, its directives"
    def __init__(self, d):
        self.kind, self.text, self.outputs = d['cell_type'], ''.join(d['source']), d.get('outputs', [])
        self.directives = dict(DIRECTIVE.findall(self.text)) if self.kind == 'code' else {}
    @property
    def flagged(self): return bool(FLAGS & self.directives.keys())
    @property
    def exported(self): return bool(EXPORTS & self.directives.keys())
    @property
    def never(self): return self.directives.get('eval', '').lower() == 'false'
    @property
    def code(self): return self.kind == 'code' and bool(re.sub(r'^\s*#.*$', '', self.text, flags=re.M).strip())
    @property
    def line(self): return next((l.strip() for l in self.text.splitlines() if l.strip() and not DIRECTIVE.match(l)), '')[:60]

def read(path): return [Cell(c) for c in json.loads(Path(path).read_text(encoding='utf-8'))['cells']]

def all_notebooks(root='nbs'):
    "Every notebook, also those that nbdev would pass over"
    return sorted(p for p in Path(root).rglob('*.ipynb') if '.ipynb_checkpoints' not in p.parts)

def report(problems, what):
    "Print the problems; the exit status"
    for p in problems: print(p)
    if not problems: print(what)
    return int(bool(problems))
