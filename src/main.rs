//! Runs the program and returns its exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    keyimport::run::run(std::env::args_os())
}
