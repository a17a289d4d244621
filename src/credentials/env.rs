//! Keys in environment variables, under each of the names that a provider's tools read.

use zeroize::Zeroizing;

use super::access_key;
use super::context::{Context, Found, at};
use super::fields::Fields;
use crate::error::{Detail, Error};
use crate::phrase::{Phrase, phrase};
use crate::ports::System;
use crate::provider::credential_spec::{CredentialSpec, KeyFields};

/// Returns a variable without white space around it; an empty one counts as not set. One with quotes is refused.
pub(super) fn variable(
    system: &dyn System,
    name: &str,
) -> Result<Option<Zeroizing<String>>, Error> {
    let value = unchecked(system, name);
    value.as_deref().map_or(Ok(()), |value| access_key::check_quotes(name, value))?;
    Ok(value)
}

fn unchecked(system: &dyn System, name: &str) -> Option<Zeroizing<String>> {
    let value = Zeroizing::new(system.var(name)?);
    let trimmed = value.trim();
    match trimmed.len() {
        0 => None,
        length if length == value.len() => Some(value),
        _ => Some(Zeroizing::new(trimmed.to_owned())),
    }
}

/// Tells whether a variable is `true` or `1`, in quotes or without.
pub(super) fn is_on(system: &dyn System, name: &str) -> bool {
    unchecked(system, name).is_some_and(|value| {
        let value = value.trim_matches(access_key::QUOTES);
        value.eq_ignore_ascii_case("true") || value == "1"
    })
}

/// Finds the first of several variables that is set: its name and value, which may have quotes.
pub(super) fn first(
    system: &dyn System,
    names: &[&'static str],
) -> Option<(&'static str, Zeroizing<String>)> {
    names.iter().find_map(|name| Some((*name, unchecked(system, name)?)))
}

/// Warns of a key whose parts no single set of names holds: they may be of two identities.
fn mixed<'a>(
    key: &KeyFields,
    mut sets: impl Iterator<Item = &'a KeyFields>,
    is_set: impl Fn(&str) -> bool,
) -> Option<Phrase> {
    let parts: Vec<&str> = key.names().filter(|name| is_set(name)).collect();
    let is_one_set = sets.any(|set| parts.iter().all(|part| set.names().any(|name| name == *part)));
    let parts = parts.join("`, `");
    (!is_one_set)
        .then(|| phrase!("`{}` are spelled differently and may not belong together", parts))
}

/// Finds a key. The first set of names of which id or secret is set counts; a part that it lacks may come
/// from a set of which nothing else is set, since the providers' own tools mix them.
pub(super) fn find(spec: &CredentialSpec, ctx: &Context<'_>) -> Result<Option<Found>, Error> {
    let sets = || spec.env.iter().chain(spec.generic_env);
    let mut fields = Fields::default();
    for name in sets().flat_map(|set| set.names().chain(set.expiration.iter().copied())) {
        if let Some(value) = unchecked(ctx.system, name) {
            fields.insert(name.to_owned(), &value);
        }
    }
    let is_set = |name: &str| fields.text(name).is_some();
    // A part that is set while no other part is, in any set that has it.
    let lone = |part: fn(&KeyFields) -> Option<&'static str>| {
        sets().filter_map(part).find(|name| {
            let with_it = sets().filter(|set| part(set) == Some(*name));
            let mut others = with_it.flat_map(KeyFields::names).filter(|other| other != name);
            is_set(name) && !others.any(is_set)
        })
    };
    let (lone_id, lone_secret) = (lone(|set| Some(set.id)), lone(|set| Some(set.secret)));
    let lone_token = lone(|set| set.token);
    for (index, set) in sets().enumerate() {
        if !is_set(set.id) && !is_set(set.secret) {
            continue;
        }
        let key = KeyFields {
            id: lone_id.filter(|_| !is_set(set.id)).unwrap_or(set.id),
            secret: lone_secret.filter(|_| !is_set(set.secret)).unwrap_or(set.secret),
            token: sets()
                .filter(|other| (other.id, other.secret) == (set.id, set.secret))
                .filter_map(|other| other.token)
                .find(|name| is_set(name))
                .or(lone_token),
            ..*set
        };
        let is_generic = index >= spec.env.len();
        if is_generic && !(is_set(key.id) && is_set(key.secret)) {
            continue;
        }
        if let Some(credential) = access_key::read(&fields, &key).map_err(at("the environment"))? {
            if let Some(warning) = mixed(&key, sets(), is_set) {
                ctx.warnings.add(warning);
            }
            return Ok(Some(Found::new(credential, format!("`{}`", key.id))));
        }
    }
    let mut names: Vec<&str> = spec.env.iter().map(|set| set.id).collect();
    names.dedup();
    for (index, name) in names.into_iter().enumerate() {
        let (place, state) = (format!("`{name}`").into(), "not set".into());
        ctx.tried.add(Detail::Tried { place, state, is_older: index > 0 });
    }
    Ok(None)
}
