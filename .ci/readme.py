"""README.md is nbs/index.ipynb as markdown: readme.py writes it, readme.py --check says whether it is up to date.

Hidden and exported cells are left out (nbdev's own processors do that). Links and pictures, which the notebook writes relative to nbs/, are
rewritten relative to the top; a picture that a cell drew is stored in nbs/images/. Every local link must lead to a file.
"""
import posixpath, re, sys, tempfile
from pathlib import Path

import nbformat
from execnb.nbio import read_nb, write_nb
from nbconvert import MarkdownExporter
from nbdev.config import get_config
from nbdev.processors import FilterDefaults, filter_stream_, hide_, hide_line, rm_export, strip_ansi

COMMANDS = 'pip install -e . && superpos demo', 'pip install -e ".[dev]" && nbdev_test'
LINK = re.compile(r'(!?\[[^\]\n]*\]\()([^)\s]+)|(<(?:img|a)\b[^>]*?\b(?:src|href)=")([^"]+)')
OUTSIDE = re.compile(r'^([a-z][a-z0-9+.-]*:|#|/)', re.I)

class Plain(FilterDefaults):
    "Only what shapes the text: no link to a site, no execution"
    def base_procs(self): return [strip_ansi, hide_line, filter_stream_, rm_export, hide_]

def to_top(target):
    "A link of the notebook as seen from the top"
    return target if OUTSIDE.match(target) else posixpath.normpath(posixpath.join('nbs', target))

def relink(text):
    "Rewrite the links, but not inside code; returns the text and the local targets"
    targets = []
    def put(m):
        to = to_top(m[2] or m[4])
        if not OUTSIDE.match(to): targets.append(to.partition('#')[0])
        return (m[1] or m[3]) + to
    parts = re.split(r'(^```.*?^```[^\n]*$)', text, flags=re.M|re.S)
    return ''.join(p if i % 2 else LINK.sub(put, p) for i, p in enumerate(parts)), targets

def render():
    "README.md, its local links, and the pictures that cells of the index drew"
    nb = read_nb(get_config().nbs_path/'index.ipynb')
    quiet = {c.id for c in nb.cells if re.search(r'^#\|\s*(hide_input|echo:\s*false)', c.source, re.M)}
    Plain()(nb)
    with tempfile.TemporaryDirectory() as d:
        write_nb(nb, Path(d)/'index.ipynb')
        nb = nbformat.read(Path(d)/'index.ipynb', 4)
    for c in nb.cells:
        if c.get('id') in quiet: c.source = ''
        for o in c.get('outputs', []):
            html = o.get('data', {}).get('text/html')
            if html: o['data']['text/html'] = re.sub(r'<style.*?</style>\s*', '', html, flags=re.S)
            if o.get('data', {}).get('image/png'): o['data'].pop('text/plain', None)
    nb.metadata['language_info'] = {'name': 'python'}
    text, res = MarkdownExporter().from_notebook_node(nb, {'unique_key': 'index', 'output_files_dir': 'images'})
    text = re.sub(r'^```python\n\s*```\n', '', text, flags=re.M)
    text, targets = relink(text)
    return re.sub(r'\n{3,}', '\n\n', text).strip() + '\n', targets, {f'nbs/{k}': v for k, v in (res.get('outputs') or {}).items()}

def main(check):
    text, targets, drawn = render()
    bad = [f'README.md does not show the command: {c}' for c in COMMANDS if c not in text]
    files = {'README.md': text.encode(), **drawn}
    if check: bad += [f'{n} is not what nbs/index.ipynb says: run python .ci/readme.py' for n, b in files.items() if not Path(n).is_file() or Path(n).read_bytes() != b]
    else:
        for n, b in files.items():
            Path(n).parent.mkdir(parents=True, exist_ok=True)
            Path(n).write_bytes(b)
    bad += [f'README.md links to {t}, which does not exist' for t in sorted(set(targets)) if not Path(t).exists()]
    for b in bad: print(b)
    return int(bool(bad))

if __name__ == '__main__': sys.exit(main('--check' in sys.argv[1:]))
