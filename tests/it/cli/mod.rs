//! The program as its user sees it: an empty environment, arguments, standard streams, an exit code.

/// Runs the program in a home directory of its own.
pub(crate) mod run;
/// Runs the program on a terminal and reads its screen.
#[cfg(unix)]
pub(crate) mod screen;
/// Arguments read by plain functions.
mod parse;
/// Keys, public and private.
pub(crate) mod keys;
/// The main job against the sandbox, in every form of output.
mod sandbox;
/// The state file of the sandbox: kept, broken, shared.
mod state;
/// Standard streams: what goes where, colour, and readers that go away.
mod streams;
/// What a person sees on a terminal, narrow or wide.
#[cfg(unix)]
mod terminal;
/// Key text in arguments.
mod arguments;
/// Which code a run ends with.
mod exit;
/// Wrong arguments.
mod usage;
/// Help texts and the manual page.
mod help;
/// The language of help and errors.
mod language;
/// Completions, in the shells that are installed.
#[cfg(unix)]
mod completions;
/// Names, regions, tags, endpoints: every limit.
mod values;
/// Messages on a terminal.
#[cfg(unix)]
mod messages;
/// Lists of regions.
mod regions;
/// Keys as input: what is refused, and that nothing else is touched then.
mod input;
/// The program against the clouds under their own names, by TLS, through a proxy.
pub(crate) mod cloud;
/// What is sent, byte for byte, and how often.
mod wire;
/// Connections that fail, each in its own words.
mod tls;
/// Proxies: how they are set, what they get, and how they fail.
mod proxy;
/// Answers that fail or fail to come.
mod answers;
/// The search for a credential: its time, its programs.
#[cfg(unix)]
mod credentials;
/// Ctrl-C and TERM.
#[cfg(unix)]
mod signals;
