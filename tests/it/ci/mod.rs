//! The program in CI: the action for GitHub, the examples of the README, and the scripts of a release.

/// The machine of a job: runs steps as GitHub does.
mod runner;
/// What a job reaches: a release, the endpoint for its tokens, and the clouds with their token services.
mod outside;
/// The action, `.github/actions/import`.
mod action;
/// The examples of the README, as they stand there.
#[cfg(target_os = "linux")]
mod examples;
/// The scripts of a release.
#[cfg(target_os = "linux")]
mod release;
