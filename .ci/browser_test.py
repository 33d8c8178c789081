"""The explorers in a real JupyterLab, in a real browser, without a network: browser_test.py [--pictures FOLDER] [--install]

Starts a server on a copy of nbs/explore/02_widgets.ipynb, runs all its cells in chromium, moves each of the three explorers (a slider, a dropdown, a text
input), and fails if a page does not change, shows an error where none belongs, shows none where one belongs, or asks for anything outside 127.0.0.1.
It ends by itself, whatever happens: after LIMIT seconds at the latest, with everything that it started. The last line says what it was doing.
chromium is $CHROMIUM, one on the PATH, or playwright's own; --install fetches one with apt if there is none and the user is root.
"""
import argparse, json, os, re, shutil, signal, socket, subprocess, sys, tempfile, threading, time, traceback, urllib.request
from pathlib import Path
from urllib.parse import urlparse

import psutil
from playwright.sync_api import Error as PageError, sync_playwright

LIMIT = 280 # seconds for all but an installation of chromium
NOTEBOOK, HERE, DONE = '02_widgets.ipynb', ('127.0.0.1', 'localhost'), 'all cells have run'
SETTINGS = {'notebook-extension/tracker': {'windowingMode': 'none'},                     # all cells on the page, also those out of view
            'apputils-extension/notification': {'fetchNews': 'false', 'checkForUpdates': False}}
ERROR = '[data-mime-type="application/vnd.jupyter.error"]'
FLAGS = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--disable-background-networking', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1']

START, DOING = time.time(), ['starting']
def say(what): print(f'{time.time() - START:3.0f} s  {what}', flush=True)
def doing(what): DOING[0] = what

def end_all(patience=0):
    "End every process that this one started, with their own: a kernel is in a session of its own, so a process group would miss it"
    left = psutil.Process().children(recursive=True)
    for how, wait in (('terminate', patience), ('kill', 5)):
        for c in left:
            try: getattr(c, how)()
            except psutil.Error: pass
        left = psutil.wait_procs(left, wait)[1]

def too_late(folder):
    "The alarm: from a thread, since the main one may hang where no exception reaches it"
    if (folder / '.log').exists(): print((folder / '.log').read_text()[-1000:])
    say(f'FAILED  nothing came of it in {LIMIT} s, while {DOING[0]}'); end_all(); shutil.rmtree(folder, ignore_errors=True); os._exit(1)

def find(p):
    "The path of a browser, or None"
    for name in (os.environ.get('CHROMIUM'), 'chromium', 'chromium-browser', 'google-chrome', p.chromium.executable_path):
        if name and (path := shutil.which(name)): return path

def browser_path(p, install):
    "A browser, installed if need be"
    if (path := find(p)) is None and install and os.geteuid() == 0 and shutil.which('apt-get'):
        for cmd in (['apt-get', 'update', '-qq'], ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'chromium']): subprocess.run(cmd, timeout=200, env={**os.environ, 'DEBIAN_FRONTEND': 'noninteractive'})
        path = find(p)
    if path is None: raise RuntimeError('no chromium: apt-get install chromium, or playwright install chromium, or set CHROMIUM to the path of one')
    return path

def copy_cleared(source, target):
    "A notebook without its saved outputs: what is on the page was computed now"
    nb = json.loads(source.read_text(encoding='utf-8'))
    for c in nb['cells']:
        if c['cell_type'] == 'code': c['outputs'] = []
    target.write_text(json.dumps(nb), encoding='utf-8')

def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0)); return s.getsockname()[1]

def serve(folder, port):
    "A JupyterLab of its own: no settings of the user, no look for news"
    own = {f'JUPYTER_{k}': str(folder / f'.{k.lower()}') for k in ('CONFIG_DIR', 'DATA_DIR', 'RUNTIME_DIR')} | {'JUPYTERLAB_SETTINGS_DIR': str(folder / '.settings'), 'JUPYTERLAB_WORKSPACES_DIR': str(folder / '.workspaces')}
    options = ['--no-browser', '--allow-root', '--ip=127.0.0.1', f'--port={port}', '--ServerApp.port_retries=0', '--IdentityProvider.token=', '--LabApp.news_url=', '--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate']
    for name, text in SETTINGS.items():
        file = folder / '.settings' / '@jupyterlab' / f'{name}.jupyterlab-settings'; file.parent.mkdir(parents=True, exist_ok=True); file.write_text(json.dumps(text))
    log = open(folder / '.log', 'a')
    return subprocess.Popen([sys.executable, '-m', 'jupyterlab', *options], cwd=folder, stdout=log, stderr=log, env={**os.environ, **own, 'HF_HUB_OFFLINE': '1', 'OMP_NUM_THREADS': '1', 'IPYTHONDIR': str(folder / '.ipython')})

def ready(server, port, seconds=60):
    "Wait until the server answers; False: it is gone"
    end = time.time() + seconds
    while time.time() < end:
        if server.poll() is not None: return False
        try: urllib.request.urlopen(f'http://127.0.0.1:{port}/api', timeout=1).read(); return True
        except OSError: time.sleep(.1)
    raise RuntimeError(f'JupyterLab did not answer within {seconds} s')

def served(folder, tries=3):
    "A port with a JupyterLab on it; another port if somebody took the first in between"
    for _ in range(tries):
        port = free_port(); server = serve(folder, port)
        if ready(server, port): return port
    raise RuntimeError(f'JupyterLab ended {tries} times before it answered')

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
        doing(what); before = self.html
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
    box.after('feature: the dropdown', lambda: box.pick('feature', 'left_greater.greater'), 'left_greater.greater at mlp 0'); box.picture(folder, 'feature')
    box.after('feature: another site', lambda: box.pick('site', 'head 2.3'), 'at head 2.3')

def interchanges(page, folder):
    "Text inputs, good and bad, and dropdowns"
    box = Box(page, 'type two inputs')
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

def connected(port):
    "Whether the page is connected to the one kernel there is, and it waits for work"
    kernels = json.loads(urllib.request.urlopen(f'http://127.0.0.1:{port}/api/kernels', timeout=5).read())
    return len(kernels) == 1 and kernels[0]['connections'] > 0 and kernels[0]['execution_state'] == 'idle'

def run_all(page, port):
    "Open the notebook and run every cell"
    page.goto(f'http://127.0.0.1:{port}/lab/tree/{NOTEBOOK}')
    idle, done, stop, ask = (page.locator(q) for q in ('.jp-Notebook-ExecutionIndicator[data-status="idle"]', f'.jp-OutputArea-output:has-text("{DONE}")', ERROR, '.jp-Dialog .jp-mod-accept'))
    doing('waiting for the kernel'); idle.wait_for(timeout=90_000)
    waiting = page.locator('.jp-InputPrompt').filter(has_text=re.compile(r'\*')); clicked = 0.
    doing('running the cells'); end = time.time() + 200
    while time.time() < end and not stop.count() and not (done.count() and not waiting.count()):                             # none is queued: not even by a second click
        quiet = time.time() - clicked                                                        # a click before the kernel is connected is lost, or asks which kernel and drops what was queued
        try:
            if ask.count(): ask.first.click(timeout=3000); idle.wait_for(timeout=60_000); clicked = 0.
            elif quiet > 8 and connected(port):
                page.wait_for_timeout(1500)                                                  # a question about the kernel comes at once or not at all
                if ask.count() or not connected(port): continue
                page.get_by_role('menuitem', name='Run', exact=True).click(timeout=3000); page.get_by_text('Run All Cells', exact=True).click(timeout=3000); clicked = time.time()
        except PageError: page.keyboard.press('Escape')                                      # a dialog came up in between, or a menu stayed open
        page.wait_for_timeout(200)
    if stop.count(): raise RuntimeError(f'a cell failed: {stop.first.inner_text()[-800:]}')
    assert done.count() and not waiting.count(), f'the notebook did not come to its end: {waiting.count()} cells are waiting'
    idle.wait_for(timeout=30_000); print('ok all cells have run', flush=True)

def drive(chromium, port, folder):
    "Everything that is tested"
    context = chromium.new_context(viewport=dict(width=1500, height=1300)); away = watch(context); page = context.new_page()
    crashes = []; page.on('pageerror', lambda e: crashes.append(str(e)))
    try:
        run_all(page, port)
        for part in (latents, features, interchanges): part(page, folder)
        stop = page.locator(ERROR); assert stop.count() == 0, f'a cell failed: {stop.first.inner_text()[-800:]}'
        assert not away, f'requests that leave this machine: {away[:5]}'
        assert not crashes, f'errors of the page: {crashes[:3]}'
    except BaseException:
        if folder: Path(folder).mkdir(parents=True, exist_ok=True); page.screenshot(path=str(Path(folder) / 'failed.png'), timeout=10_000)
        raise

def self_test(chromium):
    "A page that does ask for a script elsewhere must be caught"
    context = chromium.new_context(); away = watch(context); page = context.new_page()
    page.set_content('<script src="https://unpkg.com/circuitsvis"></script>', wait_until='domcontentloaded'); page.wait_for_timeout(300); context.close()
    assert away and 'unpkg.com' in away[0], 'a request to another machine went unnoticed'

def test(args, folder):
    "All of it, in a folder that is removed"
    with sync_playwright() as p:
        path = browser_path(p, args.install)
        alarm = threading.Timer(LIMIT, too_late, (folder,)); alarm.daemon = True; alarm.start()
        copy_cleared(Path(__file__).parents[1] / 'nbs' / 'explore' / NOTEBOOK, folder / NOTEBOOK)
        doing('starting chromium'); chromium = p.chromium.launch(executable_path=path, args=FLAGS, timeout=60_000); say(f'{path} runs')
        doing('refusing a request'); self_test(chromium)
        doing('starting JupyterLab'); port = served(folder); say('JupyterLab answers')
        drive(chromium, port, args.pictures)
        doing('closing chromium'); chromium.close()
    doing('ending JupyterLab'); end_all(patience=5); alarm.cancel()

def main():
    args = argparse.ArgumentParser(); args.add_argument('--pictures'); args.add_argument('--install', action='store_true'); args = args.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit('ended from outside'))
    folder = Path(tempfile.mkdtemp()); failed = None
    try: test(args, folder)
    except BaseException as e:
        failed = e; traceback.print_exc()
        if (folder / '.log').exists(): print((folder / '.log').read_text()[-2000:], flush=True)
    finally: end_all(); shutil.rmtree(folder, ignore_errors=True)
    if failed is None: return say('three explorers moved, nothing asked for outside of 127.0.0.1')
    say(f'FAILED  while {DOING[0]}: {type(failed).__name__}: {" ".join(str(failed).split())[:300]}')
    sys.stdout.flush(); os._exit(1)                                                          # not by way of threads that may hang

if __name__ == '__main__': main()
