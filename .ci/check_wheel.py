"""A wheel must carry every file of superpos/ that is in git, and nothing else of the checkout: check_wheel.py WHEEL"""
import subprocess
import sys
import zipfile


def main(wheel):
    "Print the differences; the exit status"
    have = {name for name in zipfile.ZipFile(wheel).namelist() if '.dist-info/' not in name}
    listed = subprocess.run(['git', 'ls-files', 'superpos'], capture_output=True, text=True, check=True).stdout
    want = set(listed.split('\n')) - {''}
    for name in sorted(want - have):
        print(f'not in the wheel: {name}')
    for name in sorted(have - want):
        print(f'in the wheel, but not in git: {name}')
    return int(have != want)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
