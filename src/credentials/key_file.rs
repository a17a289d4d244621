//! Files that hold one key, which older tools of the providers write.

use super::access_key;
use super::context::{Context, Found, at};
use super::fields::Fields;
use super::file::ConfigPath;
use crate::error::Error;
use crate::provider::credential_spec::KeyFile;

/// Finds the key in the first of the files that holds one.
pub(super) fn find(files: &[KeyFile], ctx: &Context<'_>) -> Result<Option<Found>, Error> {
    for KeyFile { path, section, key } in files {
        let path = ConfigPath::at_home(ctx.system, path);
        let Some(text) = path.open(ctx.system, &ctx.notes)? else { continue };
        let fields: Fields = match section {
            None => text.json(&path)?,
            Some(section) => {
                let mut sections = text.ini(&path)?.into_iter();
                let found = sections.find(|(name, _)| name.eq_ignore_ascii_case(section));
                found.map(|(_, fields)| fields).unwrap_or_default()
            }
        };
        if let Some(credential) = access_key::read(&fields, key).map_err(at(&path.shown))? {
            text.warning(&path).into_iter().for_each(|warning| ctx.warnings.add(warning));
            return Ok(Some(Found::new(credential, path.shown)));
        }
        ctx.notes.add(format!("`{}` holds no key", path.shown));
    }
    Ok(None)
}
