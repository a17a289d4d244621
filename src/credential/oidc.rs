//! OIDC tokens, which a job gets from its platform and exchanges for a credential.

use crate::credential::file::Place;
use crate::credential::pair;
use crate::doors::World;
use crate::error::{Error, ErrorKind};
use crate::secret::Secret;

/// Reads the token anew from its file, since platforms replace it while a job runs.
pub(super) fn token(place: &str, path: &str, world: &impl World) -> Result<Secret, Error> {
    let text = Place::given(world, path).require(world).map_err(|error| error.at(place))?;
    pair::check(place, path, &text)?;
    Ok(Secret::new(&text))
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
