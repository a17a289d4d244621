//! The program in CI: the action for GitHub.

/// The machine of a job: runs steps as GitHub does.
mod runner;
/// What a job reaches: a release, the endpoint for its tokens, and the clouds with their token services.
mod outside;
/// The action, `.github/actions/import`.
mod action;
