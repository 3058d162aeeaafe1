"""Says which Python this is, as JSON: its interpreter, its version, and the wheels that come with it.

Debian keeps the wheels elsewhere than Python does. Of several of a kind the last counts.
"""

import glob
import json
import os
import sys
import sysconfig

places = [sysconfig.get_config_var("WHEEL_PKG_DIR"), os.path.join(sysconfig.get_path("stdlib"), "ensurepip", "_bundled")]
names = ["pip"] if sys.version_info >= (3, 12) else ["pip", "setuptools"]
wheels = {}
for name in names:
    for place in filter(None, places):
        for path in sorted(glob.glob(os.path.join(glob.escape(place), name + "-*.whl"))):
            wheels[name] = path
version = "%d.%d.%d" % sys.version_info[:3]
print(json.dumps({"executable": sys.executable, "version": version, "wheels": list(wheels.values())}))
