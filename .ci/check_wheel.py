"""A wheel must carry every file of superpos/ that is in git, and nothing else of the checkout: check_wheel.py WHEEL"""
import subprocess, sys, zipfile

def main(wheel):
    have = {n for n in zipfile.ZipFile(wheel).namelist() if '.dist-info/' not in n}
    want = set(subprocess.run(['git', 'ls-files', 'superpos'], capture_output=True, text=True, check=True).stdout.split('\n')) - {''}
    for n in sorted(want - have): print(f'not in the wheel: {n}')
    for n in sorted(have - want): print(f'in the wheel, but not in git: {n}')
    return int(have != want)

if __name__ == '__main__': sys.exit(main(sys.argv[1]))
