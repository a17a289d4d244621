//! OIDC tokens, which a job gets from its platform and exchanges for a credential.

use crate::credentials::access_key;
use crate::credentials::context::broken;
use crate::credentials::file::Place;
use crate::error::{Error, ErrorKind};
use crate::ports::System;
use crate::redact::Secret;

/// Reads the token anew from its file, since platforms replace it while a job runs.
pub(super) fn token(
    place: &str,
    field: &str,
    path: &str,
    system: &dyn System,
) -> Result<Secret, Error> {
    if is_token(path) {
        // The path would be shown.
        return Err(broken(format!("{place} holds a token where the path of its file belongs"))
            .hinted("write the token to a file and name that file"));
    }
    let file = Place::given(system, field, path);
    let text = file.require(system).map_err(|error| error.at(place))?;
    access_key::check(place, &file.shown, &text)?;
    Ok(Secret::new(&text))
}

/// Tells whether a text has the form of a token: three parts of base64, the first of which is a JSON object
/// (RFC 7519, section 3).
fn is_token(text: &str) -> bool {
    text.starts_with("eyJ") && text.split('.').count() == 3
}

/// Gives an exchange that failed because the token is over the hint that fits.
pub(super) fn explained(error: Error) -> Error {
    match error.kind() {
        ErrorKind::CredentialsExpired => {
            error.hinted("the OIDC token has ended: let the job fetch a new one into its file")
        }
        _ => error,
    }
}
