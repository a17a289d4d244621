"""Installs packages in clean places and runs the program from there."""

import functools
import gzip
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from pathlib import Path

import build
from artifacts import COMPLETIONS
from build import EXE, WINDOWS, Failed, run

SHELLS = {"keyimport.bash": "bash", "_keyimport": "zsh", "keyimport.fish": "fish", "_keyimport.ps1": "powershell"}


def archive(path, place):
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as packed:
            packed.extractall(place)
    else:
        with tarfile.open(path) as packed:
            packed.extractall(place)
    (folder,) = place.iterdir()
    for name in ("LICENSE", "THIRD-PARTY.txt", "README.md"):
        require(folder / name)
    check([folder / f"keyimport{EXE}"], folder / "keyimport.1",
          {name: folder / "complete" / name for name in SHELLS})


def dpkg(path, place):
    """A root of its own, in which nothing else is installed."""
    for folder in ("updates", "info"):
        (place / "var/lib/dpkg" / folder).mkdir(parents=True)
    (place / "var/lib/dpkg/status").touch()
    command = ["dpkg", f"--root={place}", "--force-not-root", "--force-depends", "--install", path]
    run(*command, stderr=subprocess.PIPE, env={**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"})
    require(place / "usr/share/doc/keyimport/copyright")
    check_root(place, "share/zsh/vendor-completions/_keyimport")


def rpm(path, place):
    """A root of its own, in which nothing else is installed."""
    run("rpm", "--root", place, "--nodeps", "--install", path, stderr=subprocess.PIPE)
    require(place / "usr/share/licenses/keyimport/LICENSE")
    check_root(place, "share/zsh/site-functions/_keyimport")


def check_root(place, zsh):
    prefix = place / "usr"
    places = {name: prefix / file for name, file in {**COMPLETIONS, "_keyimport": zsh}.items()}
    check([prefix / "bin/keyimport"], prefix / "share/man/man1/keyimport.1.gz", places)


def pip(path, place):
    """A virtual environment that cannot ask an index."""
    venv.create(place, with_pip=True)
    programs = place / ("Scripts" if WINDOWS else "bin")
    run(programs / f"python{EXE}", "-m", "pip", "install", "--quiet", "--no-index", path)
    check([programs / f"keyimport{EXE}"], place / "share/man/man1/keyimport.1",
          {name: place / file for name, file in COMPLETIONS.items()})


def uvx(path, place):
    names = {**os.environ, "UV_CACHE_DIR": str(place / "cache"), "UV_TOOL_DIR": str(place / "tools")}
    check([build.python_tool("uv"), "tool", "run", "--offline", "--no-config", "--python", sys.executable,
           "--from", path, "keyimport"], names=names)


def pip_of_musl(path, place):
    """The same for a wheel that pip takes on musl alone."""
    tag = path.stem.split("-")[-1].split(".")[-1]
    run(sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--platform", tag, "--only-binary=:all:",
        "--target", place, path)
    check([place / "bin/keyimport"], place / "share/man/man1/keyimport.1")


def npm(wrapper):
    """Installs the package for this platform together with the one that people ask for."""
    def npm(path, place):
        modules = npm_install(place, wrapper, path)
        check([modules / f".bin/keyimport{'.cmd' if WINDOWS else ''}"], modules / "keyimport/keyimport.1")
    return npm


def npm_of_musl(path, place):
    """The same for a package that npm takes on musl alone, unless it is told to."""
    (program,) = npm_install(place, "--force", path).glob("@keyimport/*-musl/keyimport")
    check([program])


def npm_install(place, *words):
    """A folder. The packages of other platforms are not there, as for every user."""
    run(shutil.which("npm"), "install", "--silent", "--offline", "--omit=optional", "--no-audit", "--no-fund",
        f"--cache={place / 'cache'}", f"--prefix={place}", *words)
    return place / "node_modules"


def check(program, page=None, completions={}, names=None):
    """Compares the version and the installed documents with the program's own, and imports a key in the sandbox."""
    def printed(*arguments):
        with tempfile.TemporaryDirectory() as home:
            env = {**(names or base()), "HOME": home, "USERPROFILE": home}
            return run(*program, *arguments, cwd=home, env=env, stderr=subprocess.PIPE, text=False)

    version = printed("--version").decode().split()
    if version != ["keyimport", build.version()]:
        raise Failed(f"the version is {version}")
    if page and (gzip.open(page).read() if page.suffix == ".gz" else page.read_bytes()) != printed("--generate", "man"):
        raise Failed(f"{page} is not the manual page of the program")
    for name, path in completions.items():
        if path.read_bytes() != printed("--generate", f"complete-{SHELLS[name]}"):
            raise Failed(f"{path} is not what the program prints")
    report = printed("--sandbox", "--provider", "aliyun", "--region", "cn-hangzhou", key()).decode()
    if not (report.startswith("imported\taliyun\tcn-hangzhou\t") and "verified" in report):
        raise Failed(f"the import printed: {report}")


def base():
    """Returns the least environment in which programs start."""
    kept = ("PATH", "SYSTEMROOT", "TEMP", "TMP")
    return {name: value for name, value in os.environ.items() if name.upper() in kept}


@functools.cache
def key():
    """Returns a public key that is made for this run."""
    path = Path(tempfile.mkdtemp()) / "key"
    run("ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "", "-C", "package-test", "-f", path)
    return path.with_suffix(".pub")


def require(path):
    if not path.is_file():
        raise Failed(f"{path} is missing")


def lint(tool, path):
    """Runs the checker of Debian or Fedora, if it is installed; an error that it finds is a failure."""
    if not shutil.which(tool):
        return False
    options = ["--fail-on", "error"] if tool == "lintian" else ["--config", build.ROOT / ".packaging/rpmlint.toml"]
    run(tool, *options, path, stderr=subprocess.STDOUT)
    return True
