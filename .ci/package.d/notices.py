"""The notices of what is linked into the program, as the licences of its dependencies ask for them."""

import json
from pathlib import Path

from build import Failed, python_tool, run

NAMES = ("licen", "copying", "notice", "copyright")
HEAD = """keyimport is under the MIT licence, see LICENSE. It contains the following software, and the Rust standard library
(https://www.rust-lang.org), which is Copyright (c) The Rust Project Contributors and under the MIT licence.
"""


def text(target):
    tree = run("cargo", "tree", "--locked", "--edges", "normal,no-proc-macro", "--prefix", "none",
               "--target", target, "--format", "{p}")
    linked = {tuple(line.split()[:2]) for line in tree.splitlines() if line}
    metadata = json.loads(run("cargo", "metadata", "--locked", "--format-version", "1",
                              "--filter-platform", target))
    packages = [package for package in metadata["packages"]
                if (package["name"], f"v{package['version']}") in linked and package["source"]]
    notices = {}
    for package in packages:
        label = f"{package['name']} {package['version']} ({package['license']})"
        for notice in texts(package):
            notices.setdefault(" ".join(notice.split()), (notice, []))[1].append(label)
    if target.endswith("-linux-musl"):
        notices["musl"] = (musl(), ["musl (MIT)"])
    rule = "-" * 80
    parts = [f"{rule}\n{chr(10).join(sorted(labels))}\n{rule}\n{notice}" for notice, labels in notices.values()]
    return "\n\n".join([HEAD, *parts]) + "\n"


def texts(package):
    """Returns the texts of a package; where one licence may be chosen and MIT is one of them, that alone."""
    folder = Path(package["manifest_path"]).parent
    named = {path for path in folder.iterdir() if path.name.lower().startswith(NAMES) and path.is_file()}
    if package["license_file"]:
        named.add(folder / package["license_file"])
    chosen = {path for path in named if "mit" in path.name.lower()}
    if chosen and " AND " not in (package["license"] or ""):
        named = chosen | {path for path in named if "notice" in path.name.lower()}
    if named:
        return [path.read_text(encoding="utf-8", errors="replace").strip() for path in sorted(named)]
    if package["license"]:
        authors = ", ".join(package["authors"]) or package["name"]
        return [f"By {authors}. The package holds no text of its licence."]
    raise Failed(f"{package['name']} has no licence")


def musl():
    """The notice of the C library in a static binary, which zig brings."""
    tools = python_tool("maturin").parents[1]
    (path,) = tools.glob("lib/python*/site-packages/ziglang/lib/libc/musl/COPYRIGHT")
    return path.read_text(encoding="utf-8").strip()
