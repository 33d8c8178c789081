"""The map is the dependency order: a notebook imports from packages before its own, and from lower numbers in its own.

`nbs/siit/02_train.ipynb` exports `superpos.siit.train`. The packages stand in the order of PACKAGES; the modules of a
package in the order of their numbers, and no two share one. So there is no circle, neither of packages nor of modules.
Imports inside functions count; importing a module by a computed name is not allowed, except in the public face, which
names every module once. Studies, examples and the index export nothing.

Also: superpos/ holds exactly what the notebooks export, without stars, and the packages that it imports when it is
loaded are in the requirements.
"""
import ast
import re
import sys
from configparser import ConfigParser
from importlib.metadata import packages_distributions
from pathlib import Path

from notebooks import all_notebooks, read, report

PACKAGES = ('', 'domain', 'models', 'siit', 'features', 'probing', 'circuits',
            'sae', 'evaluation', 'report', 'explore', 'toy', 'cli')
NO_EXPORTS = ('studies', 'examples', 'tour')
FACE = 'public'  # the one module that may import by name
DEV_ONLY = {'nbdev', 'execnb', 'ghapi'}
DYNAMIC = {'import_module', '__import__'}


def exported_tree(cells):
    "Syntax of what the notebook exports, magics and all else left out"
    return ast.parse('\n'.join(c.text for c in cells if c.exported))


def module_of(path):
    "The module that a notebook of this path must export, and its place in the order; None: it may export nothing"
    *folders, name = path.relative_to('nbs').with_suffix('').parts
    package = '.'.join(folders)
    match = re.fullmatch(r'(\d\d)_(\w+)', name)
    if not match or package.split('.')[0] in NO_EXPORTS or package not in PACKAGES:
        return None
    return '.'.join([*folders, match[2]]), (PACKAGES.index(package), int(match[1]))


def modules_named(node, known):
    "Full names of the modules that an import statement names"
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    base = node.module or ''
    whole = [f'{base}.{alias.name}' for alias in node.names]
    return [name if name.removeprefix('superpos.') in known else base for name in whole]


def at_load(tree):
    "Imports that run when the module is imported: not those inside functions"
    todo, out = list(tree.body), []
    while todo:
        node = todo.pop()
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            out.append(node)
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            todo += list(ast.iter_child_nodes(node))
    return out


def dynamic(tree):
    "Names of calls that import a module whose name is computed"
    calls = [n.func for n in ast.walk(tree) if isinstance(n, ast.Call)]
    names = [f.attr if isinstance(f, ast.Attribute) else getattr(f, 'id', '') for f in calls]
    return [name for name in names if name in DYNAMIC]


def requirements():
    "Names of the packages that the library may import"
    ini = ConfigParser(delimiters=['='])
    ini.read('settings.ini', encoding='utf-8')
    bare = [re.split(r'[<>=!~\[;]', word)[0] for word in ini['DEFAULT']['requirements'].split()]
    return {word.lower().replace('_', '-') for word in bare}


def collect(bad):
    "Module -> (notebook, place in the order, syntax of its exports)"
    modules, places = {}, {}
    for path in all_notebooks():
        cells, found = read(path), module_of(path)
        target = next((c.directives['default_exp'] for c in cells if 'default_exp' in c.directives), None)
        if found is None:
            if target or any(c.exported for c in cells):
                bad.append(f'{path}: exports code; only nbs/PACKAGE/NN_name.ipynb, of a package on the map, may')
            continue
        name, place = found
        if target != name:
            bad.append(f'{path}: its default_exp is {target}, not {name}')
        if place in places:
            bad.append(f'{path}: shares its number with {places[place]}')
        places[place] = path
        try:
            modules[name] = (path, place, exported_tree(cells))
        except SyntaxError as error:
            bad.append(f'{path}: the exported code cannot be read: {error}')
    return modules


def check_own(path, name, place, imported, modules):
    "What is wrong with an import of a module of ours"
    other = imported.removeprefix('superpos').strip('.')
    if not other:
        return
    if other not in modules:
        if not any(m.startswith(other + '.') for m in modules):
            yield f'{path}: imports superpos.{other}, which no notebook exports'
        else:
            yield f'{path}: imports the package superpos.{other}; name the module'
    elif modules[other][1] >= place:
        yield f'{path}: superpos.{name} imports superpos.{other}, which does not come before it on the map'


def check_module(name, modules, allowed, owners):
    "What is wrong with the imports of a module"
    path, place, tree = modules[name]
    loaded = {id(node) for node in at_load(tree)}
    if name != FACE:
        for call in dynamic(tree):
            yield f'{path}: {call} imports by a computed name: import it in the open, or let it register itself'
    for node in ast.walk(tree):
        if not isinstance(node, (ast.Import, ast.ImportFrom)):
            continue
        if isinstance(node, ast.ImportFrom) and any(alias.name == '*' for alias in node.names):
            yield f'{path}: a star import from {node.module}'
        for imported in modules_named(node, modules):
            top = imported.partition('.')[0]
            if top == 'superpos':
                yield from check_own(path, name, place, imported, modules)
            elif top in DEV_ONLY:
                yield f'{path}: exports an import of {top}; the library must run without it'
            elif id(node) in loaded and top not in sys.stdlib_module_names:
                packages = {d.lower().replace('_', '-') for d in owners.get(top, [])}
                if not packages & allowed:
                    yield f'{path}: imports {top}, which is not in the requirements of settings.ini'


def main():
    bad = []
    modules = collect(bad)
    allowed, owners = requirements(), packages_distributions()
    for name in modules:
        bad += check_module(name, modules, allowed, owners)
    written = [f for f in Path('superpos').rglob('*.py') if f.stem not in ('__init__', '_modidx')]
    files = {'.'.join(f.relative_to('superpos').with_suffix('').parts) for f in written}
    bad += [f'superpos.{f}: no notebook exports it' for f in sorted(files - modules.keys())]
    bad += [f'superpos.{f} is missing: run nbdev_export' for f in sorted(modules.keys() - files)]
    return report(list(dict.fromkeys(bad)), f'{len(modules)} modules of {len(PACKAGES) - 1} packages in order')


if __name__ == '__main__':
    sys.exit(main())
