//! What the program prints for packagers and shells.

use clap::ValueEnum;

use super::{complete, man};

/// What `--generate` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Generate {
    /// Manual page
    Man,
    /// Completions for bash
    CompleteBash,
    /// Completions for zsh
    CompleteZsh,
    /// Completions for fish
    CompleteFish,
    /// Completions for PowerShell
    CompletePowershell,
}

impl Generate {
    /// Makes the manual page or the shell's completions.
    pub fn text(self) -> String {
        match self {
            Self::Man => man::page(),
            Self::CompleteBash => complete::BASH.to_owned(),
            Self::CompleteZsh => complete::ZSH.to_owned(),
            Self::CompleteFish => complete::FISH.to_owned(),
            Self::CompletePowershell => complete::POWERSHELL.to_owned(),
        }
    }
}
