"Everything here is read from settings.ini: change it there. Needs setuptools and nothing else."
from configparser import ConfigParser
from pathlib import Path
from setuptools import find_packages, setup
from setuptools.command.sdist import sdist

root = Path(__file__).parent.resolve()
ini = ConfigParser(delimiters=['='])
ini.read(root/'settings.ini', encoding='utf-8')
cfg = ini['DEFAULT']

def words(key):
    return cfg.get(key, '').split()

class SDist(sdist):
    "The source archive carries settings.ini too, or it could not be built"
    def make_release_tree(self, base_dir, files):
        super().make_release_tree(base_dir, [*files, 'settings.ini'])

stages = {1: '1 - Planning', 2: '2 - Pre-Alpha', 3: '3 - Alpha', 4: '4 - Beta', 5: '5 - Production/Stable'}
pythons = [f'3.{n}' for n in range(int(cfg['min_python'].split('.')[1]), 14)]
end = '_requirements'
extras = {key.removesuffix(end): words(key) for key in cfg if key.endswith(end)}
readme = root/'README.md'

setup(
    name=cfg['lib_name'], version=cfg['version'], description=cfg['description'], keywords=cfg['keywords'],
    author=cfg['author'], license=cfg['license'].upper(), license_files=['LICENSE'],
    long_description=readme.read_text(encoding='utf-8') if readme.exists() else '',
    long_description_content_type='text/markdown',
    classifiers=[f'Development Status :: {stages[int(cfg["status"])]}',
                 f'Intended Audience :: {cfg["audience"]}',
                 f'Natural Language :: {cfg["language"]}',
                 *(f'Programming Language :: Python :: {v}' for v in pythons)],
    packages=find_packages(include=[cfg['lib_path'], f'{cfg["lib_path"]}.*']),
    # the shipped organisms (any file below superpos/shipped), the leaderboard's results and the pages' templates
    package_data={cfg['lib_path']: ['shipped/**', 'board.json'],
                  f'{cfg["lib_path"]}.report': ['templates/*']}, include_package_data=False,
    python_requires=f'>={cfg["min_python"]}', install_requires=words('requirements'), extras_require=extras,
    entry_points={'console_scripts': words('console_scripts')}, cmdclass={'sdist': SDist}, zip_safe=False)
