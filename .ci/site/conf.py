"""The notebooks as a site, as they were saved: sphinx-build -b html -c .ci/site nbs _docs

Nothing is executed. Directives (#| export) are taken out and hidden cells left out.
"""
import json, re
from configparser import ConfigParser
from pathlib import Path

ini = ConfigParser(delimiters=['='])
ini.read(Path(__file__).parents[2]/'settings.ini', encoding='utf-8')

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

CONTENTS = '```{toctree}\n:hidden:\n:glob:\n\n[0-9]*\nstudies/*\n```'
DIRECTIVE = re.compile(r'^\s*#\s*\|.*\n?', re.M)
HIDDEN = re.compile(r'^\s*#\s*\|\s*(hide|default_exp)\b(?!_)', re.M)

def tidy(app, docname, source):
    "A notebook for readers: no directives, no hidden cells; the index also gets the table of contents"
    if Path(app.env.doc2path(docname)).suffix != '.ipynb': return
    nb = json.loads(source[0])
    cells = [(c, ''.join(c['source'])) for c in nb['cells']]
    nb['cells'] = [c for c, text in cells if c['cell_type'] != 'raw' and not (c['cell_type'] == 'code' and HIDDEN.search(text))]
    up = re.escape('../'*(docname.count('/') + 1)) # a link that leaves nbs/ has no place on the site
    for c in nb['cells']:
        if c['cell_type'] == 'markdown': c['source'] = re.sub(rf'(?<!!)\[([^\]]*)\]\({up}[^)]*\)', r'\1', ''.join(c['source']))
        if c['cell_type'] == 'code':
            if re.search(r'^\s*#\s*\|\s*(hide_input|echo:\s*false)', ''.join(c['source']), re.M): c['metadata']['tags'] = ['remove-input']
            c['source'] = DIRECTIVE.sub('', ''.join(c['source']))
    if docname == root_doc: nb['cells'].append(dict(cell_type='markdown', id='contents', metadata={}, source=CONTENTS))
    source[0] = json.dumps(nb)

def setup(app): app.connect('source-read', tidy)
