#!/usr/bin/env node
// Starts the program, which is in the package for this platform.
"use strict";

const { spawn } = require("node:child_process");
const { constants } = require("node:os");

const platform = `${process.platform}-${process.arch}`;

function find() {
  const isWindows = process.platform === "win32";
  let name = `@keyimport/${platform}`;
  if (process.platform === "linux") {
    process.report.excludeNetwork = true;
    if (!process.report.getReport().header.glibcVersionRuntime) name += "-musl";
  }
  try {
    return require.resolve(`${name}/${isWindows ? "keyimport.exe" : "keyimport"}`);
  } catch {
    console.error(`error: the package ${name} is not installed
  hint: install keyimport with optional dependencies; without a package for your platform, build it: cargo install keyimport`);
    process.exit(1);
  }
}

const child = spawn(find(), process.argv.slice(2), { stdio: "inherit" });
// A terminal sends Ctrl-C to both processes. What is sent to this one alone is passed on.
process.on("SIGINT", () => {});
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => {
  console.error(`error: keyimport cannot be started: ${error.message}`);
  process.exit(1);
});
child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
