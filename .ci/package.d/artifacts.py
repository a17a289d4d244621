"""What is published, made of a stage: a folder that holds the program and its documents."""

import gzip
import hashlib
import json
import os
import shutil
import tarfile
import zipfile
from datetime import datetime, timezone
from email.utils import format_datetime

import build
from build import PYPI, ROOT, run

NPM = ROOT / ".packaging/npm"
# Of Rust's names for systems and processors, those of Node.js.
NODE_SYSTEMS = {"linux": "linux", "darwin": "darwin", "windows": "win32"}
NODE_PROCESSORS = {"x86_64": "x64", "aarch64": "arm64"}
COMPLETIONS = {
    "keyimport.bash": "share/bash-completion/completions/keyimport",
    "_keyimport": "share/zsh/site-functions/_keyimport",
    "keyimport.fish": "share/fish/vendor_completions.d/keyimport.fish",
}


def archive(stage, target, version, out):
    """A `.tar.gz`, for Windows a `.zip`, that holds one folder; the same bytes for the same files."""
    folder = f"keyimport-{version}-{target}"
    files = sorted(path for path in stage.rglob("*") if path.is_file())
    if "-windows-" in target:
        path = out / f"{folder}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            for file in files:
                name = f"{folder}/{file.relative_to(stage).as_posix()}"
                entry = zipfile.ZipInfo(name, datetime.fromtimestamp(int(build.date()), timezone.utc).timetuple()[:6])
                entry.compress_type = zipfile.ZIP_DEFLATED
                packed.writestr(entry, file.read_bytes())
        return path
    path = out / f"{folder}.tar.gz"
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as zipped:
        with tarfile.open(fileobj=zipped, mode="w", format=tarfile.USTAR_FORMAT) as packed:
            for file in files:
                entry = tarfile.TarInfo(f"{folder}/{file.relative_to(stage).as_posix()}")
                entry.size, entry.mtime = file.stat().st_size, int(build.date())
                entry.mode = 0o755 if file.name == "keyimport" else 0o644
                with file.open("rb") as content:
                    packed.addfile(entry, content)
    return path


def deb(stage, target, version, out):
    """Cargo.toml says what is in it."""
    date = format_datetime(datetime.fromtimestamp(int(build.date()), timezone.utc))
    changes = (f"keyimport ({version}) unstable; urgency=medium\n\n"
               f"  * https://github.com/keyimport/keyimport/releases/tag/v{version}\n\n"
               f" -- The keyimport developers <keyimport@users.noreply.github.com>  {date}\n")
    (stage.parent / "changelog.gz").write_bytes(gzip.compress(changes.encode(), mtime=0))
    build.cargo_tool("deb", "3.8.0")
    shown = run("cargo", "deb", "--quiet", "--locked", "--no-build", "--no-strip", "--target", target,
                "--deb-revision", "", "--output", out, env=environment())
    return out / shown.strip().splitlines()[-1]


def rpm(stage, target, version, out):
    """Cargo.toml says what is in it."""
    page = (stage / "keyimport.1").read_bytes()
    (stage.parent / "keyimport.1.gz").write_bytes(gzip.compress(page, mtime=0))
    build.cargo_tool("generate-rpm", "0.21.1")
    path = out / f"keyimport-{version}-1.{target.split('-')[0]}.rpm"
    run("cargo", "generate-rpm", "--target", target, "--source-date", build.date(), "--output", path,
        env=environment())
    return path


def wheel(stage, target, version, out):
    """The program was built by way of a wheel; this one has its documents as well."""
    data = PYPI / "keyimport.data/data"
    shutil.rmtree(data.parent, ignore_errors=True)
    for name, place in {**{f"complete/{name}": place for name, place in COMPLETIONS.items()},
                        "keyimport.1": "share/man/man1/keyimport.1"}.items():
        (data / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(stage / name, data / place)
    for name in ("LICENSE", "THIRD-PARTY.txt"):
        shutil.copyfile(stage / name, PYPI / name)
    return build.wheel(target, out)


def npm_program(stage, target, version, out):
    """The package that holds the program for one platform."""
    processor, _, system, *libc = target.split("-")
    is_musl = libc == ["musl"]
    name = f"@keyimport/{NODE_SYSTEMS[system]}-{NODE_PROCESSORS[processor]}{'-musl' if is_musl else ''}"
    package = {
        **manifest(),
        "name": name,
        "version": version,
        "description": f"The program of the package keyimport for {target}",
        "os": [NODE_SYSTEMS[system]],
        "cpu": [NODE_PROCESSORS[processor]],
        "publishConfig": {"access": "public"},
        # Yarn would keep it in an archive.
        "preferUnplugged": True,
    }
    for field in ("bin", "man", "keywords"):
        package.pop(field)
    if system == "linux":
        package["libc"] = ["musl" if is_musl else "glibc"]
    program = next(path for path in stage.iterdir() if path.name in ("keyimport", "keyimport.exe"))
    return packed(package, [program, stage / "LICENSE", stage / "THIRD-PARTY.txt"], out)


def npm(stage, version, out):
    """The package that people install, which depends on those of all platforms."""
    platforms = [f"{system}-{processor}{libc}" for system, processors, libcs in (
        ("linux", ("x64", "arm64"), ("", "-musl")), ("darwin", ("x64", "arm64"), ("",)), ("win32", ("x64",), ("",)),
    ) for processor in processors for libc in libcs]
    package = {
        **manifest(),
        "version": version,
        "optionalDependencies": {f"@keyimport/{platform}": version for platform in platforms},
    }
    files = [NPM / "keyimport.js", stage / "keyimport.1", stage / "README.md", stage / "LICENSE"]
    return packed(package, files, out)


def manifest():
    return json.loads((NPM / "package.json").read_text())


def packed(package, files, out):
    folder = out / "npm"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for file in files:
        shutil.copy(file, folder)
    (folder / "package.json").write_text(json.dumps(package, indent=2) + "\n")
    # Windows finds npm by its extension.
    shown = run(shutil.which("npm") or "npm", "pack", "--silent", "--pack-destination", out, cwd=folder)
    shutil.rmtree(folder)
    return out / shown.strip()


def sbom(version, out):
    """The crates in the program, in CycloneDX; those of all targets, without the paths of this machine."""
    build.cargo_tool("cyclonedx", "0.5.9")
    name = f"keyimport-{version}.cdx"
    run("cargo", "cyclonedx", "--quiet", "--format", "json", "--spec-version", "1.5", "--target", "all",
        "--override-filename", name, env=environment())
    made = ROOT / f"{name}.json"
    text = made.read_text().replace(ROOT.as_uri(), "file:///keyimport").replace(str(ROOT), "/keyimport")
    made.unlink()
    (out / made.name).write_text(text)
    return out / made.name


def sums(out):
    path = out / "SHA256SUMS"
    files = sorted(file for file in out.iterdir() if file.is_file() and file != path)
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files]
    path.write_text("".join(lines), newline="\n")
    return path


def environment():
    return {**os.environ, "SOURCE_DATE_EPOCH": build.date()}
