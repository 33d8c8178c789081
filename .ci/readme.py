"""README.md is nbs/index.ipynb as markdown: readme.py writes it, readme.py --check says whether it is up to date.

Hidden and exported cells are left out (nbdev's own processors do that). Links and pictures, which the notebook writes
relative to nbs/, are rewritten relative to the top; a picture that a cell drew is stored in nbs/images/. Every local
link must lead to a file.
"""
import posixpath
import re
import sys
import tempfile
from pathlib import Path

import nbformat
from execnb.nbio import read_nb, write_nb
from nbconvert import MarkdownExporter
from nbdev.config import get_config
from nbdev.processors import FilterDefaults, filter_stream_, hide_, hide_line, rm_export, strip_ansi

COMMANDS = 'pip install -e . && superpos demo', 'pip install -e ".[dev]" && nbdev_test'
LINK = re.compile(r'(!?\[[^\]\n]*\]\()([^)\s]+)|(<(?:img|a)\b[^>]*?\b(?:src|href)=")([^"]+)')
OUTSIDE = re.compile(r'^([a-z][a-z0-9+.-]*:|#|/)', re.I)
QUIET = re.compile(r'^#\|\s*(hide_input|echo:\s*false)', re.M)
STYLE = re.compile(r'<style.*?</style>\s*', re.S)


class Plain(FilterDefaults):
    "Only what shapes the text: no link to a site, no execution"
    def base_procs(self):
        return [strip_ansi, hide_line, filter_stream_, rm_export, hide_]


def to_top(target):
    "A link of the notebook as seen from the top"
    return target if OUTSIDE.match(target) else posixpath.normpath(posixpath.join('nbs', target))


def relink(text):
    "The text with its links rewritten, but not inside code; and the local targets"
    targets = []

    def put(match):
        to = to_top(match[2] or match[4])
        if not OUTSIDE.match(to):
            targets.append(to.partition('#')[0])
        return (match[1] or match[3]) + to
    parts = re.split(r'(^```.*?^```[^\n]*$)', text, flags=re.M | re.S)
    return ''.join(part if i % 2 else LINK.sub(put, part) for i, part in enumerate(parts)), targets


def plain_output(output):
    "Leave out styles of tables, and the text beside a picture"
    data = output.get('data', {})
    if data.get('text/html'):
        data['text/html'] = STYLE.sub('', data['text/html'])
    if data.get('image/png'):
        data.pop('text/plain', None)


def processed():
    "The index without what a reader does not see"
    nb = read_nb(get_config().nbs_path / 'index.ipynb')
    quiet = {cell.id for cell in nb.cells if QUIET.search(cell.source)}
    Plain()(nb)
    with tempfile.TemporaryDirectory() as folder:
        write_nb(nb, Path(folder) / 'index.ipynb')
        nb = nbformat.read(Path(folder) / 'index.ipynb', 4)
    for cell in nb.cells:
        if cell.get('id') in quiet:
            cell.source = ''
        for output in cell.get('outputs', []):
            plain_output(output)
    nb.metadata['language_info'] = {'name': 'python'}
    return nb


def render():
    "README.md, its local links, and the pictures that cells of the index drew"
    resources = {'unique_key': 'index', 'output_files_dir': 'images'}
    text, resources = MarkdownExporter().from_notebook_node(processed(), resources)
    text = re.sub(r'^```python\n\s*```\n', '', text, flags=re.M)
    text, targets = relink(text)
    pictures = {f'nbs/{name}': data for name, data in (resources.get('outputs') or {}).items()}
    return re.sub(r'\n{3,}', '\n\n', text).strip() + '\n', targets, pictures


def stale(files):
    "Lines about the files that are not what they should be"
    for name, data in files.items():
        if not Path(name).is_file() or Path(name).read_bytes() != data:
            yield f'{name} is not what nbs/index.ipynb says: run python .ci/readme.py'


def main(check):
    "Write or check; the exit status"
    text, targets, drawn = render()
    bad = [f'README.md does not show the command: {command}' for command in COMMANDS if command not in text]
    files = {'README.md': text.encode(), **drawn}
    if check:
        bad += stale(files)
    for name, data in files.items() if not check else ():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(data)
    bad += [f'README.md links to {t}, which does not exist' for t in sorted(set(targets)) if not Path(t).exists()]
    for line in bad:
        print(line)
    return int(bool(bad))


if __name__ == '__main__':
    sys.exit(main('--check' in sys.argv[1:]))
