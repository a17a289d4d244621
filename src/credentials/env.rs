//! Keys in environment variables, under each of the names that a provider's tools read.

use zeroize::Zeroizing;

use super::access_key;
use super::context::{Context, Found, at};
use super::fields::Fields;
use crate::error::Error;
use crate::ports::System;
use crate::provider::credential_spec::{EnvNames, KeyFields, Prefix};

/// Returns a variable without white space around it; an empty one counts as not set.
pub(super) fn variable(system: &dyn System, name: &str) -> Option<Zeroizing<String>> {
    let value = Zeroizing::new(system.var(name)?);
    let trimmed = value.trim();
    match trimmed.len() {
        0 => None,
        length if length == value.len() => Some(value),
        _ => Some(Zeroizing::new(trimmed.to_owned())),
    }
}

/// Tells whether a variable is `true` or `1`.
pub(super) fn is_on(system: &dyn System, name: &str) -> bool {
    variable(system, name).is_some_and(|value| value.eq_ignore_ascii_case("true") || *value == "1")
}

/// Finds the first of several variables that is set: its name and value.
pub(super) fn first(
    system: &dyn System,
    names: &[&'static str],
) -> Option<(&'static str, Zeroizing<String>)> {
    names.iter().find_map(|name| Some((*name, variable(system, name)?)))
}

/// Finds a key. The first set of names of which id or secret is set counts; a part that it lacks may come
/// from a set of which nothing else is set, since the providers' own tools mix them.
pub(super) fn find(sets: &[EnvNames], ctx: &Context<'_>) -> Result<Option<Found>, Error> {
    let mut fields = Fields::default();
    for EnvNames { key, .. } in sets {
        for name in [Some(key.id), Some(key.secret), key.token].into_iter().flatten() {
            if let Some(value) = variable(ctx.system, name) {
                fields.insert(name.to_owned(), &value);
            }
        }
    }
    let is_set = |name: &str| fields.text(name).is_some();
    let lone_id = lone(sets, is_set, |key| Some(key.id));
    let lone_secret = lone(sets, is_set, |key| Some(key.secret));
    let lone_token = lone(sets, is_set, |key| key.token);
    let or = |own: &'static str, lone: Option<&'static str>| match lone {
        Some(lone) if !is_set(own) => lone,
        _ => own,
    };
    for EnvNames { key, prefix } in sets {
        if !is_set(key.id) && !is_set(key.secret) {
            continue;
        }
        let token = key.token.filter(|name| is_set(name)).or(lone_token);
        let key = KeyFields { id: or(key.id, lone_id), secret: or(key.secret, lone_secret), token };
        if *prefix == Prefix::Generic && !(is_set(key.id) && is_set(key.secret)) {
            continue;
        }
        if let Some(credential) = access_key::read(&fields, &key).map_err(at("the environment"))? {
            return Ok(Some(Found::new(credential, format!("`{}`", key.id))));
        }
    }
    let vendor = sets.iter().filter(|set| set.prefix == Prefix::Vendor);
    let names: Vec<String> = vendor.map(|set| format!("`{}`", set.key.id)).collect();
    ctx.notes.add(format!("{} not set", names.join(", ")));
    Ok(None)
}

/// Finds a variable for one part of a key that is set while no other part is, in any set that has it.
fn lone(
    sets: &[EnvNames],
    is_set: impl Fn(&str) -> bool,
    part: impl Fn(&KeyFields) -> Option<&'static str>,
) -> Option<&'static str> {
    let is_alone = |name: &&'static str| {
        let with_it = sets.iter().filter(|set| part(&set.key) == Some(*name));
        let parts = |set: &EnvNames| [Some(set.key.id), Some(set.key.secret), set.key.token];
        let mut others = with_it.flat_map(parts).flatten().filter(|other| other != name);
        !others.any(&is_set)
    };
    sets.iter().filter_map(|set| part(&set.key)).filter(|name| is_set(name)).find(is_alone)
}
