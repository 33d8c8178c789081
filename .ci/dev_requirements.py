"""Print the [dev] requirements that can stand beside TransformerLens 4: all but SAELens, which needs 3"""
from configparser import ConfigParser

ini = ConfigParser(delimiters=['='])
ini.read('settings.ini', encoding='utf-8')
print(*(w for w in ini['DEFAULT']['dev_requirements'].split() if not w.startswith('sae-lens')))
