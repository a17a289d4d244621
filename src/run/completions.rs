//! `--generate`: manual page and shell completions.

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::cli::{Cli, Generate};

/// Makes the manual page or a shell's completions.
pub(super) fn generate(what: Generate) -> String {
    let mut command = Cli::command();
    let mut bytes = Vec::new();
    let shell = match what {
        Generate::Man => {
            // Writing to memory cannot fail.
            let _ = clap_mangen::Man::new(command).render(&mut bytes);
            return String::from_utf8_lossy(&bytes).into_owned();
        }
        Generate::CompleteBash => Shell::Bash,
        Generate::CompleteZsh => Shell::Zsh,
        Generate::CompleteFish => Shell::Fish,
        Generate::CompletePowershell => Shell::PowerShell,
    };
    clap_complete::generate(shell, &mut command, "keyimport", &mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}
