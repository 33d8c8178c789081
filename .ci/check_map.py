"""The listing is the dependency order: a notebook NN_name imports only from lower numbers; studies and the index export nothing.

Also: superpos/ holds exactly what the notebooks export, without stars, and the packages that it imports when it is loaded are in the requirements.
"""
import ast, re, sys
from configparser import ConfigParser
from importlib.metadata import packages_distributions
from pathlib import Path

from notebooks import all_notebooks, read, report

DEV_ONLY = {'nbdev', 'fastcore', 'execnb', 'ghapi'}

def exported_tree(cells):
    "Syntax of what the notebook exports, magics and all else left out"
    return ast.parse('\n'.join(c.text for c in cells if c.exported))

def modules_of(node, known):
    "Full names of the modules that an import statement names"
    if isinstance(node, ast.Import): return [a.name for a in node.names]
    base = ('superpos.' if node.level else '') + (node.module or '')
    base = base.rstrip('.')
    return [f'superpos.{a.name}' if base == 'superpos' and a.name in known else base for a in node.names]

def at_load(tree):
    "Imports that run when the module is imported: not those inside functions"
    todo, out = list(tree.body), []
    while todo:
        n = todo.pop()
        if isinstance(n, (ast.Import, ast.ImportFrom)): out.append(n)
        elif not isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)): todo += list(ast.iter_child_nodes(n))
    return out

def requirements():
    ini = ConfigParser(delimiters=['='])
    ini.read('settings.ini', encoding='utf-8')
    clean = lambda r: re.split(r'[<>=!~\[;]', r)[0].lower().replace('_', '-')
    return {clean(r) for r in ini['DEFAULT']['requirements'].split()}

def main():
    bad, number, trees = [], {}, {}
    for p in all_notebooks():
        cells = read(p)
        target = next((c.directives['default_exp'] for c in cells if 'default_exp' in c.directives), None)
        exports = any(c.exported for c in cells)
        m = re.fullmatch(r'(\d\d)_(\w+)', p.stem)
        if p.parent.name != 'nbs' or not m:
            if target or exports: bad.append(f'{p}: exports code; only a notebook nbs/NN_name.ipynb may')
            continue
        if target != m[2]: bad.append(f'{p}: its default_exp is {target}, not {m[2]}')
        if m[2] in number: bad.append(f'{p}: there are two notebooks for superpos.{m[2]}')
        number[m[2]] = m[1]
        try: trees[m[2]] = (p, exported_tree(cells))
        except SyntaxError as e: bad.append(f'{p}: the exported code cannot be read: {e}')

    allowed, owners = requirements(), packages_distributions()
    for name, (p, tree) in trees.items():
        loaded = {id(n) for n in at_load(tree)}
        for n in ast.walk(tree):
            if not isinstance(n, (ast.Import, ast.ImportFrom)): continue
            if isinstance(n, ast.ImportFrom) and any(a.name == '*' for a in n.names): bad.append(f'{p}: a star import from {n.module}')
            for mod in modules_of(n, number):
                top, _, rest = mod.partition('.')
                other = rest.split('.')[0]
                if top == 'superpos':
                    if other and other not in number: bad.append(f'{p}: imports superpos.{other}, which no notebook exports')
                    elif other and number[other] >= number[name]: bad.append(f'{p}: imports superpos.{other}, which is {number[other]}, not lower than {number[name]}')
                elif top in DEV_ONLY: bad.append(f'{p}: exports an import of {top}; the library must run without it')
                elif id(n) in loaded and top not in sys.stdlib_module_names:
                    dists = {d.lower().replace('_', '-') for d in owners.get(top, [])}
                    if not dists & allowed: bad.append(f'{p}: imports {top}, which is not in the requirements of settings.ini')

    files = {f.stem for f in Path('superpos').glob('*.py')} - {'__init__', '_modidx'}
    bad += [f'superpos/{f}.py: no notebook exports it' for f in sorted(files - number.keys())]
    bad += [f'superpos/{f}.py is missing: run nbdev_export' for f in sorted(number.keys() - files)]
    return report(list(dict.fromkeys(bad)), f'{len(number)} modules in order')

if __name__ == '__main__': sys.exit(main())
