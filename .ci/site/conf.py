"""The notebooks as a site, as they were saved: sphinx-build -b html -c .ci/site nbs _docs

Nothing is executed. Directives (#| export) are taken out and hidden cells left out. The folders of nbs/ are the parts
of the sidebar.
"""
import json
import re
from configparser import ConfigParser
from pathlib import Path

ROOT = Path(__file__).parents[2]
ini = ConfigParser(delimiters=['='])
ini.read(ROOT / 'settings.ini', encoding='utf-8')

project, release = ini['DEFAULT']['lib_name'], ini['DEFAULT']['version']
author, copyright = ini['DEFAULT']['author'], ini['DEFAULT']['copyright']
extensions = ['myst_nb']
root_doc = 'index'
exclude_patterns = ['_*', '**/_*', '**/.*']
nb_execution_mode = 'off'
nb_merge_streams = True
nb_ipywidgets_js = {}
myst_enable_extensions = ['dollarmath', 'amsmath']
myst_heading_anchors = 3
html_theme = 'sphinx_book_theme'
html_title = project
html_show_sourcelink = False
html_theme_options = {'show_navbar_depth': 1, 'home_page_in_toc': True}

PARTS = {
    '': 'Foundations',
    'domain': 'Domains: what should be computed',
    'models': 'Models: what computes it',
    'siit': 'SIIT: training and certificate',
    'features': 'Features: what is in a site',
    'probing': 'Probing',
    'circuits': 'Circuits',
    'sae': 'Sparse autoencoders',
    'evaluation': 'Evaluation: held against the truth',
    'report': 'Reports',
    'explore': 'Explorers',
    'toy': 'Toy models',
    'cli': 'The command',
    'examples': 'Bring your own',
    'studies': 'Studies',
    'studies/toy': 'Toy studies',
}  # folder -> title in the sidebar
DIRECTIVE = re.compile(r'^\s*#\s*\|.*\n?', re.M)
HIDDEN = re.compile(r'^\s*#\s*\|\s*(hide|default_exp)\b(?!_)', re.M)
NO_INPUT = re.compile(r'^\s*#\s*\|\s*(hide_input|echo:\s*false)', re.M)


def contents():
    "The table of contents, one part for each folder"
    trees = []
    for folder, title in PARTS.items():
        names = sorted(p.relative_to(ROOT / 'nbs').with_suffix('') for p in (ROOT / 'nbs' / folder).glob('*.ipynb'))
        entries = '\n'.join(n.as_posix() for n in names if n.as_posix() != root_doc)
        if entries:
            trees.append(f'```{{toctree}}\n:hidden:\n:caption: "{title}"\n\n{entries}\n```')
    return '\n\n'.join(trees)


def is_shown(cell):
    "Whether a reader sees the cell"
    hidden = cell['cell_type'] == 'code' and HIDDEN.search(''.join(cell['source']))
    return cell['cell_type'] != 'raw' and not hidden


def tidy_cell(cell, way_up):
    "A cell without what only the tools read"
    text = ''.join(cell['source'])
    if cell['cell_type'] == 'markdown':  # a link that leaves nbs/ has no place on the site
        cell['source'] = re.sub(rf'(?<!!)\[([^\]]*)\]\({way_up}[^)]*\)', r'\1', text)
        return
    if NO_INPUT.search(text):
        cell['metadata']['tags'] = ['remove-input']
    cell['source'] = DIRECTIVE.sub('', text)


def tidy(app, docname, source):
    "A notebook for readers: no directives, no hidden cells; the index also gets the table of contents"
    if Path(app.env.doc2path(docname)).suffix != '.ipynb':
        return
    notebook = json.loads(source[0])
    notebook['cells'] = [cell for cell in notebook['cells'] if is_shown(cell)]
    way_up = re.escape('../' * (docname.count('/') + 1))
    for cell in notebook['cells']:
        tidy_cell(cell, way_up)
    if docname == root_doc:
        notebook['cells'].append(dict(cell_type='markdown', id='contents', metadata={}, source=contents()))
    source[0] = json.dumps(notebook)


def setup(app):
    app.connect('source-read', tidy)
