"""Merge `pip freeze` outputs into .ci/constraints.txt: `python .ci/pin.py 3.11=FILE 3.12=FILE 3.13=FILE`.

Names and versions only, with environment markers where the interpreters need different versions.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

OURS = {"shadow-parity", "pip", "setuptools", "wheel"}


def main() -> None:
    pins: dict[str, dict[str, str]] = {}
    pythons = []
    for argument in sys.argv[1:]:
        python, file = argument.split("=", 1)
        pythons.append(python)
        for line in Path(file).read_text().splitlines():
            found = re.fullmatch(r"([A-Za-z0-9._-]+)==(\S+)", line)
            if found and (name := re.sub(r"[-_.]+", "-", found[1]).lower()) not in OURS:
                pins.setdefault(name, {})[python] = found[2]
    lines = ["# Exact versions for `pip install -c .ci/constraints.txt`; made by .ci/pin.py."]
    for name, versions in sorted(pins.items()):
        for version in sorted(set(versions.values())):
            on = [python for python in pythons if versions.get(python) == version]
            marker = " or ".join(f'python_version == "{python}"' for python in on)
            lines.append(f"{name}=={version}" + (f" ; {marker}" if len(set(versions.values())) > 1 else ""))
    Path(__file__).with_name("constraints.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
