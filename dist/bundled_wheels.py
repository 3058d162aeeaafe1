"""Puts wheels into virtual environments. Usage: bundled_wheels.py SITE_PACKAGES... -- WHEEL...

It is run by the Python of the first environment, which gets their commands (`pip`) too. This is what ensurepip does, in a
tenth of the time: the wheels are those that come with Python, so there is nothing to resolve, and nothing is compiled.
"""

import configparser
import sys
import zipfile
from pathlib import Path

split = sys.argv.index("--")
targets, wheels = sys.argv[1:split], sys.argv[split + 1 :]

for target in targets:
    for wheel in wheels:
        zipfile.ZipFile(wheel).extractall(target)

from pip._vendor.distlib.scripts import ScriptMaker  # noqa: E402

maker = ScriptMaker(None, str(Path(sys.executable).parent))
maker.variants = {""}
for path in Path(targets[0]).glob("*.dist-info/entry_points.txt"):
    commands = configparser.ConfigParser(delimiters=("=",))
    commands.read_string(path.read_text(encoding="utf-8"))
    if commands.has_section("console_scripts"):
        maker.make_multiple([f"{name} = {target}" for name, target in commands.items("console_scripts")])
