"""The explorers in a real JupyterLab, in a real browser, without a network.

browser_test.py [--pictures FOLDER] [--install]

Starts a server on a copy of nbs/explore/02_widgets.ipynb, runs all its cells in chromium, moves each of the three
explorers (a slider, a dropdown, a text input), and fails if a page does not change, shows an error where none belongs,
shows none where one belongs, or asks for anything outside 127.0.0.1. It ends by itself, whatever happens: after LIMIT
seconds at the latest, with everything that it started. The last line says what it was doing.

chromium is $CHROMIUM, one on the PATH, or playwright's own; --install fetches one with apt if there is none and the
user is root.
"""
import argparse
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.request
from pathlib import Path
from urllib.parse import urlparse

import psutil
from playwright.sync_api import Error as PageError
from playwright.sync_api import sync_playwright

LIMIT = 280  # seconds for all but an installation of chromium
SOURCE = Path(__file__).parents[1] / 'nbs' / 'explore' / '02_widgets.ipynb'
HERE = ('127.0.0.1', 'localhost')
DONE = 'all cells have run'
ERROR = '[data-mime-type="application/vnd.jupyter.error"]'
SETTINGS = {
    'notebook-extension/tracker': {'windowingMode': 'none'},  # all cells on the page, also those out of view
    'apputils-extension/notification': {'fetchNews': 'false', 'checkForUpdates': False},
}
FLAGS = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--disable-background-networking',
         '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1']
SERVER = ['--no-browser', '--allow-root', '--ip=127.0.0.1', '--ServerApp.port_retries=0', '--IdentityProvider.token=',
          '--LabApp.news_url=', '--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate']

START, DOING = time.time(), ['starting']


def say(what):
    print(f'{time.time() - START:3.0f} s  {what}', flush=True)


def doing(what):
    DOING[0] = what


# The end of it, whatever happens

def end_all(patience=0):
    "End every process that this one started, with theirs: a kernel has a session of its own, so a group would miss it"
    left = psutil.Process().children(recursive=True)
    for how, wait in (('terminate', patience), ('kill', 5)):
        for child in left:
            try:
                getattr(child, how)()
            except psutil.Error:
                pass
        left = psutil.wait_procs(left, wait)[1]


def last_words(folder, characters):
    "The end of the server's log"
    log = folder / '.log'
    if log.exists():
        print(log.read_text()[-characters:], flush=True)


def too_late(folder):
    "The alarm: from a thread, since the main one may hang where no exception reaches it"
    last_words(folder, 1000)
    say(f'FAILED  nothing came of it in {LIMIT} s, while {DOING[0]}')
    end_all()
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)


# A browser and a server

def find(playwright):
    "The path of a browser, or None"
    names = (os.environ.get('CHROMIUM'), 'chromium', 'chromium-browser', 'google-chrome')
    for name in (*names, playwright.chromium.executable_path):
        if name and (path := shutil.which(name)):
            return path
    return None


def install_chromium():
    "With apt"
    environment = {**os.environ, 'DEBIAN_FRONTEND': 'noninteractive'}
    for command in ('apt-get update -qq', 'apt-get install -y -qq --no-install-recommends chromium'):
        subprocess.run(command.split(), timeout=200, env=environment)


def browser_path(playwright, install):
    "A browser, installed if need be"
    path = find(playwright)
    if path is None and install and os.geteuid() == 0 and shutil.which('apt-get'):
        install_chromium()
        path = find(playwright)
    if path is None:
        raise RuntimeError('no chromium: apt-get install chromium, or playwright install chromium, '
                           'or set CHROMIUM to the path of one')
    return path


def copy_cleared(source, target):
    "A notebook without its saved outputs: what is on the page was computed now"
    notebook = json.loads(source.read_text(encoding='utf-8'))
    for cell in notebook['cells']:
        if cell['cell_type'] == 'code':
            cell['outputs'] = []
    target.write_text(json.dumps(notebook), encoding='utf-8')


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def own_folders(folder):
    "Environment of a JupyterLab that sees no settings of the user"
    own = {f'JUPYTER_{kind}': str(folder / f'.{kind.lower()}') for kind in ('CONFIG_DIR', 'DATA_DIR', 'RUNTIME_DIR')}
    own['JUPYTERLAB_SETTINGS_DIR'] = str(folder / '.settings')
    own['JUPYTERLAB_WORKSPACES_DIR'] = str(folder / '.workspaces')
    return own | {'HF_HUB_OFFLINE': '1', 'OMP_NUM_THREADS': '1', 'IPYTHONDIR': str(folder / '.ipython')}


def serve(folder, port):
    "A JupyterLab of its own: no settings of the user, no look for news"
    for name, values in SETTINGS.items():
        file = folder / '.settings' / '@jupyterlab' / f'{name}.jupyterlab-settings'
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))
    log = open(folder / '.log', 'a')
    command = [sys.executable, '-m', 'jupyterlab', *SERVER, f'--port={port}']
    return subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, env={**os.environ, **own_folders(folder)})


def ready(server, port, seconds=60):
    "Wait until the server answers; False: it is gone"
    end = time.time() + seconds
    while time.time() < end:
        if server.poll() is not None:
            return False
        try:
            urllib.request.urlopen(f'http://127.0.0.1:{port}/api', timeout=1).read()
            return True
        except OSError:
            time.sleep(.1)
    raise RuntimeError(f'JupyterLab did not answer within {seconds} s')


def served(folder, tries=3):
    "A port with a JupyterLab on it; another port if somebody took the first in between"
    for _ in range(tries):
        port = free_port()
        if ready(serve(folder, port), port):
            return port
    raise RuntimeError(f'JupyterLab ended {tries} times before it answered')


# The explorers

class Box:
    "One explorer on the page"
    def __init__(self, page, cell):
        editor = page.locator('.jp-InputArea-editor', has_text=cell)
        outputs = page.locator('.jp-CodeCell').filter(has=editor).locator('.jp-OutputArea-output .widget-vbox')
        self.page, self.at = page, outputs.first
        self.at.scroll_into_view_if_needed(timeout=20_000)

    @property
    def content(self):
        return self.at.locator('.widget-html-content').last

    def after(self, what, act, want, error=False):
        "Act, and wait for a changed page that shows what is wanted"
        doing(what)
        before = self.content.inner_html()
        act()
        for _ in range(150):
            if self.content.inner_html() != before and want in self.content.inner_text():
                break
            self.page.wait_for_timeout(100)
        text, html = self.content.inner_text(), self.content.inner_html()
        assert html != before, f'{what}: the page did not change'
        assert want in text, f'{what}: {want!r} is not on the page: {text[:300]}'
        unexpected = 'no error is shown' if error else f'an error is shown: {text[:300]}'
        assert ('superpos-error' in html) == error, f'{what}: {unexpected}'
        print('ok', what, '-', ' '.join(text.split())[:90], flush=True)

    def pick(self, label, value):
        "Choose in a dropdown"
        box = self.at.locator('.widget-dropdown').filter(has_text=label).first
        box.locator('select').select_option(label=value)

    def type(self, label, value):
        "Type into a field, and press Enter"
        field = self.at.locator('.widget-text').filter(has_text=label).first.locator('input')
        field.fill(value)
        field.press('Enter')

    def picture(self, folder, name):
        "A screenshot, if a folder was given"
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.at.screenshot(path=str(Path(folder) / f'{name}.png'))


def latents(page, folder):
    "A slider, and a dropdown"
    box = Box(page, 'move the slider')
    handle = box.at.locator('.noUi-handle').first
    n = int(box.content.inner_text().split()[1])
    handle.focus()
    box.after('latent: the slider', lambda: handle.press('ArrowRight'), f'latent {n + 1} of mlp 0')
    box.picture(folder, 'latent')
    box.after('latent: another site', lambda: box.pick('site', 'mlp 2'), 'of mlp 2')


def features(page, folder):
    "Two dropdowns"
    box = Box(page, 'pick a feature')
    greater = 'left_greater.greater'
    box.after('feature: the dropdown', lambda: box.pick('feature', greater), f'{greater} at mlp 0')
    box.picture(folder, 'feature')
    box.after('feature: another site', lambda: box.pick('site', 'head 2.3'), 'at head 2.3')


def interchanges(page, folder):
    "Text inputs, good and bad, and dropdowns"
    box = Box(page, 'type two inputs')

    def chosen(label, value):
        return lambda: box.pick(label, value)

    def typed(label, value):
        return lambda: box.type(label, value)
    box.after('interchange: a task', chosen('task of source', 'left_greater'), 'with left_greater as source')
    box.after('interchange: the other task', chosen('task of base', 'left_greater'), 'mlp 0: left_greater')
    box.after('interchange: a token that is not known', typed('base', '((((((()))a)))'),
              "does not know the token 'a'", error=True)
    box.picture(folder, 'wrong')
    box.after('interchange: a wrong length', typed('base', '(('), 'takes 14 tokens, these are 2', error=True)
    box.after('interchange: an input', typed('base', '((((((()))))))'), 'interchange at mlp 0')
    box.after('interchange: its source', typed('source', ')))))))((((((('), 'interchange at mlp 0')
    box.picture(folder, 'interchange')
    unused = 'head 2.0 (no task uses it)'
    box.after('interchange: a site that no task uses', chosen('site', unused), 'changes no answer')


# The page

def is_away(url):
    "Whether an address is on another machine"
    return urlparse(url).hostname not in HERE


def watch(context):
    "Refuse, and note, what does not stay on this machine"
    away = []

    def route(r):
        if is_away(r.request.url):
            away.append(r.request.url)
            r.abort()
        else:
            r.continue_()

    def note(request):
        if urlparse(request.url).scheme in ('http', 'https') and is_away(request.url) and request.url not in away:
            away.append(request.url)

    def note_socket(socket):
        if is_away(socket.url):
            away.append(socket.url)
    context.route('**/*', route)
    context.on('request', note)
    context.on('page', lambda page: page.on('websocket', note_socket))
    return away


def connected(port):
    "Whether the page is connected to the one kernel there is, and it waits for work"
    answer = urllib.request.urlopen(f'http://127.0.0.1:{port}/api/kernels', timeout=5).read()
    kernels = json.loads(answer)
    return len(kernels) == 1 and kernels[0]['connections'] > 0 and kernels[0]['execution_state'] == 'idle'


class Lab:
    "The notebook in JupyterLab"
    def __init__(self, page, port):
        self.page, self.port = page, port
        self.idle = page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]')
        self.done = page.locator(f'.jp-OutputArea-output:has-text("{DONE}")')
        self.error = page.locator(ERROR)
        self.question = page.locator('.jp-Dialog .jp-mod-accept')
        self.queued = page.locator('.jp-InputPrompt').filter(has_text=re.compile(r'\*'))

    def open(self):
        doing('waiting for the kernel')
        self.page.goto(f'http://127.0.0.1:{self.port}/lab/tree/{SOURCE.name}')
        self.idle.wait_for(timeout=90_000)

    def answer(self):
        "Answer a question about the kernel; whether there was one"
        if not self.question.count():
            return False
        self.question.first.click(timeout=3000)
        self.idle.wait_for(timeout=60_000)
        return True

    def click_run_all(self):
        "Run all cells, if the kernel is there: a click before it is connected is lost; whether it was clicked"
        if not connected(self.port):
            return False
        self.page.wait_for_timeout(1500)  # a question about the kernel comes at once or not at all
        if self.question.count() or not connected(self.port):
            return False
        self.page.get_by_role('menuitem', name='Run', exact=True).click(timeout=3000)
        self.page.get_by_text('Run All Cells', exact=True).click(timeout=3000)
        return True

    @property
    def finished(self):
        "None is queued: not even by a second click"
        return self.done.count() and not self.queued.count()

    def run_all(self, seconds=200):
        "Run every cell; a question drops what was queued, and then it is asked for again"
        doing('running the cells')
        clicked, end = 0., time.time() + seconds
        while time.time() < end and not self.error.count() and not self.finished:
            try:
                if self.answer():
                    clicked = 0.
                elif time.time() - clicked > 8 and self.click_run_all():
                    clicked = time.time()
            except PageError:
                self.page.keyboard.press('Escape')  # a dialog came up in between, or a menu stayed open
            self.page.wait_for_timeout(200)
        self.check()
        assert self.finished, f'the notebook did not come to its end: {self.queued.count()} cells are waiting'
        self.idle.wait_for(timeout=30_000)
        print('ok all cells have run', flush=True)

    def check(self):
        "Raise if a cell failed"
        if self.error.count():
            raise RuntimeError(f'a cell failed: {self.error.first.inner_text()[-800:]}')


def drive(chromium, port, folder):
    "Everything that is tested"
    context = chromium.new_context(viewport=dict(width=1500, height=1300))
    away, crashes = watch(context), []
    page = context.new_page()
    page.on('pageerror', lambda error: crashes.append(str(error)))
    lab = Lab(page, port)
    try:
        lab.open()
        lab.run_all()
        for part in (latents, features, interchanges):
            part(page, folder)
        lab.check()
        assert not away, f'requests that leave this machine: {away[:5]}'
        assert not crashes, f'errors of the page: {crashes[:3]}'
    except BaseException:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=str(Path(folder) / 'failed.png'), timeout=10_000)
        raise


def self_test(chromium):
    "A page that does ask for a script elsewhere must be caught"
    context = chromium.new_context()
    away = watch(context)
    page = context.new_page()
    page.set_content('<script src="https://unpkg.com/circuitsvis"></script>', wait_until='domcontentloaded')
    page.wait_for_timeout(300)
    context.close()
    assert away and 'unpkg.com' in away[0], 'a request to another machine went unnoticed'


def test(args, folder):
    "All of it, in a folder that is removed"
    with sync_playwright() as playwright:
        path = browser_path(playwright, args.install)
        alarm = threading.Timer(LIMIT, too_late, (folder,))
        alarm.daemon = True
        alarm.start()
        copy_cleared(SOURCE, folder / SOURCE.name)
        doing('starting chromium')
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS, timeout=60_000)
        say(f'{path} runs')
        doing('refusing a request')
        self_test(chromium)
        doing('starting JupyterLab')
        port = served(folder)
        say('JupyterLab answers')
        drive(chromium, port, args.pictures)
        doing('closing chromium')
        chromium.close()
    doing('ending JupyterLab')
    end_all(patience=5)
    alarm.cancel()


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument('--pictures')
    parser.add_argument('--install', action='store_true')
    return parser.parse_args()


def main():
    args = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit('ended from outside'))
    folder = Path(tempfile.mkdtemp())
    failed = None
    try:
        test(args, folder)
    except BaseException as error:
        failed = error
        traceback.print_exc()
        last_words(folder, 2000)
    finally:
        end_all()
        shutil.rmtree(folder, ignore_errors=True)
    if failed is None:
        say('three explorers moved, nothing asked for outside of 127.0.0.1')
        return
    say(f'FAILED  while {DOING[0]}: {type(failed).__name__}: {" ".join(str(failed).split())[:300]}')
    sys.stdout.flush()
    os._exit(1)  # not by way of threads that may hang


if __name__ == '__main__':
    main()
