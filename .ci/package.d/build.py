"""Builds the program for one target, by way of its wheel, and checks the binary."""

import functools
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGET_DIR = Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target").absolute()
PYPI = ROOT / ".packaging/pypi"
# Debian 7, Ubuntu 14.04, RHEL 7.
GLIBC = (2, 17)
WINDOWS = os.name == "nt"
EXE = ".exe" if WINDOWS else ""


class Failed(Exception):
    """A step failed; the text says which, and why."""


def run(*command, **options):
    """Runs a command and returns what it printed to standard output."""
    command = [str(word) for word in command]
    options = {"stdout": subprocess.PIPE, "cwd": ROOT, "text": True, **options}
    try:
        return subprocess.run(command, check=True, **options).stdout
    except FileNotFoundError:
        raise Failed(f"{command[0]}: not found") from None
    except subprocess.CalledProcessError as error:
        shown = error.stderr or error.stdout or ""
        shown = shown if isinstance(shown, str) else shown.decode(errors="replace")
        raise Failed(f"{' '.join(command)}: exit code {error.returncode}\n{shown}") from None


def version():
    return re.search(r'^version = "(.*)"$', (ROOT / "Cargo.toml").read_text(), re.M)[1]


@functools.cache
def date():
    """Returns the time that stands for that of the build, in seconds: the date of the last commit."""
    return os.environ.get("SOURCE_DATE_EPOCH") or run("git", "log", "-1", "--format=%ct").strip()


def host():
    return re.search(r"^host: (.*)$", run("rustc", "-vV"), re.M)[1]


def python_tool(name):
    """Returns a program of `.packaging/requirements.txt`, from a virtual environment."""
    requirements = ROOT / ".packaging/requirements.txt"
    folder = TARGET_DIR / "package-tools"
    done = folder / "requirements.txt"
    programs = folder / ("Scripts" if WINDOWS else "bin")
    if not done.is_file() or done.read_bytes() != requirements.read_bytes():
        venv.create(folder, with_pip=True, clear=True)
        run(programs / "python", "-m", "pip", "install", "--quiet", "--requirement", requirements)
        shutil.copyfile(requirements, done)
    return programs / f"{name}{EXE}"


def cargo_tool(name, version):
    """Installs a subcommand of cargo, unless this version is there."""
    shown = subprocess.run(["cargo", name, "--version"], capture_output=True, text=True)
    if version not in shown.stdout.split():
        run("cargo", "install", "--locked", "--quiet", f"cargo-{name}@{version}")


def flags(target):
    """Returns compiler flags that keep the builder's paths and the time out of the binary."""
    sysroot = Path(run("rustc", "--print", "sysroot").strip())
    commit = re.search(r"^commit-hash: (.*)$", run("rustc", "-vV"), re.M)[1]
    places = {
        ROOT: "/keyimport",
        cargo_home(): "/cargo",
        TARGET_DIR: "/target",
        sysroot / "lib/rustlib/src/rust": f"/rustc/{commit}",
    }
    found = [f"--remap-path-prefix={path}={name}" for path, name in places.items()]
    if target.endswith("-windows-msvc"):
        found += ["-Ctarget-feature=+crt-static", "-Clink-arg=/Brepro"]
    if target.endswith("-windows-gnu"):
        found += ["-Clink-arg=-Wl,--no-insert-timestamp"]
    return found


def cargo_home():
    return Path(os.environ.get("CARGO_HOME") or Path.home() / ".cargo").absolute()


def environment(target):
    """Returns the environment of the compiler."""
    names = {**os.environ, "CARGO_TARGET_DIR": str(TARGET_DIR), "SOURCE_DATE_EPOCH": date()}
    names.pop("RUSTFLAGS", None)
    names["CARGO_ENCODED_RUSTFLAGS"] = "\x1f".join(flags(target))
    names.setdefault("MACOSX_DEPLOYMENT_TARGET", "11.0")
    # maturin starts zig by `python -m ziglang`.
    names["PATH"] = f"{python_tool('maturin').parent}{os.pathsep}{names['PATH']}"
    return names


def require_std(target):
    library = run("rustc", "--target", target, "--print", "target-libdir").strip()
    if not Path(library).is_dir():
        run("rustup", "target", "add", target, stderr=None)


def wheel(target, out):
    """Builds the wheel, and with it the program. A second call compiles nothing."""
    command = [python_tool("maturin"), "build", "--release", "--locked", "--target", target]
    if target.endswith("-linux-gnu"):
        command += ["--zig", "--compatibility", f"manylinux_{GLIBC[0]}_{GLIBC[1]}"]
    elif target.endswith("-linux-musl"):
        command += ["--zig", "--compatibility", "musllinux_1_1"]
    with tempfile.TemporaryDirectory() as scratch:
        run(*command, "--out", scratch, cwd=PYPI, env=environment(target))
        (built,) = Path(scratch).iterdir()
        return Path(shutil.move(built, out / built.name))


def binary(target, stage):
    """Builds the program into a folder, checks it, and returns its path."""
    require_std(target)
    shutil.rmtree(PYPI / "keyimport.data", ignore_errors=True)
    (PYPI / "keyimport.data").mkdir()
    built = wheel(target, stage)
    with zipfile.ZipFile(built) as archive:
        (name,) = [name for name in archive.namelist() if "/scripts/" in name]
        path = stage / Path(name).name
        path.write_bytes(archive.read(name))
    path.chmod(0o755)
    built.unlink()
    check_paths(path)
    if target.endswith("-linux-gnu"):
        check_glibc(path)
    if target.endswith("-linux-musl"):
        check_static(path)
    return path


def check_paths(path):
    """Checks that the binary holds no path of the machine that built it."""
    content = path.read_bytes()
    sysroot = Path(run("rustc", "--print", "sysroot").strip())
    for place in {ROOT, TARGET_DIR, cargo_home(), Path.home(), Path(sys.prefix), sysroot}:
        for text in {str(place), place.as_posix()}:
            if len(place.parts) > 1 and re.search(re.escape(text.encode()) + rb"[/\\]", content):
                raise Failed(f"{path.name} holds the path {text}")


def check_glibc(path):
    """Checks the newest version of glibc that a symbol of the binary asks for."""
    versions = re.findall(r"GLIBC_(\d+)\.(\d+)", run("readelf", "--version-info", "--wide", path))
    newest = max((tuple(map(int, version)) for version in versions), default=None)
    if not newest or newest > GLIBC:
        raise Failed(f"{path.name} needs glibc {newest}, not at most {GLIBC}")
    print(f"{path.name}: needs glibc {newest[0]}.{newest[1]}")


def check_static(path):
    """Checks that the binary needs no library and no loader."""
    shown = run("readelf", "--wide", "--program-headers", "--dynamic", path)
    if "INTERP" in shown or "(NEEDED)" in shown:
        raise Failed(f"{path.name} is not static")
    print(f"{path.name}: static")
