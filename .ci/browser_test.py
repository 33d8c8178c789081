"""The explorers in a real JupyterLab, in a real browser, without a network: browser_test.py [--pictures FOLDER] [--install]

Starts a server on a copy of nbs/72_widgets.ipynb, runs all its cells in chromium, moves each of the three explorers (a slider, a dropdown, a text
input), and fails if a page does not change, shows an error where none belongs, shows none where one belongs, or asks for anything outside 127.0.0.1.
chromium is $CHROMIUM, one on the PATH, or playwright's own; --install fetches one with apt if there is none and the user is root.
"""
import argparse, os, shutil, socket, subprocess, sys, tempfile, time, urllib.request
from pathlib import Path
from urllib.parse import urlparse

from playwright.sync_api import sync_playwright

NOTEBOOK, HERE, DONE = '72_widgets.ipynb', ('127.0.0.1', 'localhost'), 'all cells have run'
ERROR = '[data-mime-type="application/vnd.jupyter.error"]'
FLAGS = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--disable-background-networking', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1']

def find(p):
    "The path of a browser, or None"
    for name in (os.environ.get('CHROMIUM'), 'chromium', 'chromium-browser', 'google-chrome', p.chromium.executable_path):
        if name and (path := shutil.which(name)): return path

def browser_path(p, install):
    "A browser, installed if need be"
    if (path := find(p)) is None and install and os.geteuid() == 0 and shutil.which('apt-get'):
        for cmd in (['apt-get', 'update', '-qq'], ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'chromium']): subprocess.run(cmd, env={**os.environ, 'DEBIAN_FRONTEND': 'noninteractive'})
        path = find(p)
    if path is None: sys.exit('no chromium: apt-get install chromium, or playwright install chromium, or set CHROMIUM to the path of one')
    return path

def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0)); return s.getsockname()[1]

def serve(folder, port):
    "A JupyterLab of its own: no settings of the user, no look for news"
    own = {f'JUPYTER_{k}': str(folder / f'.{k.lower()}') for k in ('CONFIG_DIR', 'DATA_DIR', 'RUNTIME_DIR')} | {'JUPYTERLAB_SETTINGS_DIR': str(folder / '.settings'), 'JUPYTERLAB_WORKSPACES_DIR': str(folder / '.workspaces')}
    options = ['--no-browser', '--allow-root', '--ip=127.0.0.1', f'--port={port}', '--ServerApp.port_retries=0', '--IdentityProvider.token=', '--LabApp.news_url=', '--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate']
    log = open(folder / '.log', 'w')
    return subprocess.Popen([sys.executable, '-m', 'jupyterlab', *options], cwd=folder, stdout=log, stderr=log, env={**os.environ, **own, 'HF_HUB_OFFLINE': '1', 'OMP_NUM_THREADS': '1', 'IPYTHONDIR': str(folder / '.ipython')})

def ready(server, port, seconds=60):
    "Wait until the server answers"
    for _ in range(10 * seconds):
        if server.poll() is not None: break
        try: return urllib.request.urlopen(f'http://127.0.0.1:{port}/api', timeout=1).read()
        except OSError: time.sleep(.1)
    raise RuntimeError('JupyterLab did not start')

class Box:
    "One explorer on the page"
    def __init__(self, page, cell):
        self.page, self.at = page, page.locator('.jp-CodeCell').filter(has=page.locator('.jp-InputArea-editor', has_text=cell)).locator('.jp-OutputArea-output .widget-vbox').first
        self.at.scroll_into_view_if_needed(timeout=20_000)

    @property
    def text(self): return self.at.locator('.widget-html-content').last.inner_text()
    @property
    def html(self): return self.at.locator('.widget-html-content').last.inner_html()

    def after(self, what, act, want, error=False):
        "Act, and wait for a changed page that shows what is wanted"
        before = self.html
        act()
        for _ in range(150):
            if self.html != before and want in self.text: break
            self.page.wait_for_timeout(100)
        assert self.html != before, f'{what}: the page did not change'
        assert want in self.text, f'{what}: {want!r} is not on the page: {self.text[:300]}'
        assert ('superpos-error' in self.html) == error, f'{what}: ' + ('no error is shown' if error else f'an error is shown: {self.text[:300]}')
        print('ok', what, '-', ' '.join(self.text.split())[:90], flush=True)

    def pick(self, label, value): self.at.locator('.widget-dropdown').filter(has_text=label).first.locator('select').select_option(label=value)
    def type(self, label, value):
        field = self.at.locator('.widget-text').filter(has_text=label).first.locator('input'); field.fill(value); field.press('Enter')
    def picture(self, folder, name):
        if folder: Path(folder).mkdir(parents=True, exist_ok=True); self.at.screenshot(path=str(Path(folder) / f'{name}.png'))

def latents(page, folder):
    "A slider, and a dropdown"
    box = Box(page, 'move the slider'); handle = box.at.locator('.noUi-handle').first
    n = int(box.text.split()[1])
    handle.focus(); box.after('latent: the slider', lambda: handle.press('ArrowRight'), f'latent {n + 1} of mlp 0'); box.picture(folder, 'latent')
    box.after('latent: another site', lambda: box.pick('site', 'mlp 2'), 'of mlp 2')

def features(page, folder):
    "Two dropdowns"
    box = Box(page, 'pick a feature')
    box.after('feature: another site', lambda: box.pick('site', 'mlp 0'), 'at mlp 0')
    box.after('feature: the dropdown', lambda: box.pick('feature', 'left_greater.greater'), 'left_greater.greater at mlp 0'); box.picture(folder, 'feature')

def interchanges(page, folder):
    "Text inputs, good and bad, and dropdowns"
    box = Box(page, 'type two inputs')
    if 'mlp 0' not in box.text.split(':')[0]: box.after('interchange: the site', lambda: box.pick('site', 'mlp 0'), 'interchange at mlp 0')
    box.after('interchange: a task', lambda: box.pick('task of source', 'left_greater'), 'with left_greater as source')
    box.after('interchange: the other task', lambda: box.pick('task of base', 'left_greater'), 'mlp 0: left_greater')
    box.after('interchange: a token that is not known', lambda: box.type('base', '((((((()))a)))'), "does not know the token 'a'", error=True); box.picture(folder, 'wrong')
    box.after('interchange: a wrong length', lambda: box.type('base', '(('), 'takes 14 tokens, these are 2', error=True)
    box.after('interchange: an input', lambda: box.type('base', '((((((()))))))'), 'interchange at mlp 0')
    box.after('interchange: its source', lambda: box.type('source', ')))))))((((((('), 'interchange at mlp 0'); box.picture(folder, 'interchange')
    box.after('interchange: a site that no task uses', lambda: box.pick('site', 'head 2.0 (no task uses it)'), 'changes no answer')

def watch(context):
    "Refuse, and note, what does not stay on this machine"
    away = []
    def route(r):
        if urlparse(r.request.url).hostname in HERE: r.continue_()
        else: away.append(r.request.url); r.abort()
    def note(request):
        u = urlparse(request.url)
        if u.scheme in ('http', 'https') and u.hostname not in HERE and request.url not in away: away.append(request.url)
    context.route('**/*', route); context.on('request', note)
    context.on('page', lambda page: page.on('websocket', lambda s: away.append(s.url) if urlparse(s.url).hostname not in HERE else None))
    return away

def run_all(page, port):
    "Open the notebook and run every cell"
    page.goto(f'http://127.0.0.1:{port}/lab/tree/{NOTEBOOK}')
    page.wait_for_selector('.jp-Notebook-ExecutionIndicator[data-status="idle"]', timeout=60_000)
    page.get_by_role('menuitem', name='Run', exact=True).click(); page.get_by_text('Run All Cells', exact=True).click()
    done, stop = page.locator('.jp-OutputArea-output', has_text=DONE).first, page.locator(ERROR).first
    done.or_(stop).first.wait_for(state='attached', timeout=180_000)
    if stop.count(): raise RuntimeError(f'a cell failed: {stop.inner_text()[-800:]}')
    page.wait_for_selector('.jp-Notebook-ExecutionIndicator[data-status="idle"]', timeout=60_000)

def drive(p, path, port, folder):
    "Everything that is tested"
    chromium = p.chromium.launch(executable_path=path, args=FLAGS)
    context = chromium.new_context(viewport=dict(width=1500, height=1300)); away = watch(context); page = context.new_page()
    crashes = []; page.on('pageerror', lambda e: crashes.append(str(e)))
    try:
        run_all(page, port)
        for part in (latents, features, interchanges): part(page, folder)
        stop = page.locator(ERROR); assert stop.count() == 0, f'a cell failed: {stop.first.inner_text()[-800:]}'
        assert not away, f'requests that leave this machine: {away[:5]}'
        assert not crashes, f'errors of the page: {crashes[:3]}'
    except BaseException:
        if folder: Path(folder).mkdir(parents=True, exist_ok=True); page.screenshot(path=str(Path(folder) / 'failed.png'))
        raise
    finally: chromium.close()

def self_test(p, path):
    "A page that does ask for a script elsewhere must be caught"
    chromium = p.chromium.launch(executable_path=path, args=FLAGS); context = chromium.new_context(); away = watch(context); page = context.new_page()
    page.set_content('<script src="https://unpkg.com/circuitsvis"></script>'); page.wait_for_timeout(300); chromium.close()
    assert away and 'unpkg.com' in away[0], 'a request to another machine went unnoticed'

def main():
    args = argparse.ArgumentParser(); args.add_argument('--pictures'); args.add_argument('--install', action='store_true'); args = args.parse_args()
    start = time.time()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as p:
        folder, port, path = Path(folder), free_port(), browser_path(p, args.install)
        shutil.copy(Path(__file__).parents[1] / 'nbs' / NOTEBOOK, folder); server = serve(folder, port)
        try: self_test(p, path); ready(server, port); drive(p, path, port, args.pictures)
        except BaseException: print((folder / '.log').read_text()[-2000:]); raise
        finally: server.terminate(); server.wait(20)
    print(f'three explorers moved, nothing asked for outside of 127.0.0.1 ({time.time() - start:.0f} s)')

if __name__ == '__main__': main()
