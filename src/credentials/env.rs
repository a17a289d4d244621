//! Keys in variables: the spellings that a cloud's tools read, in their order.

use zeroize::Zeroizing;

use super::Found;
use super::access_key::{self, Names};
use super::context::Look;
use super::fields::Fields;
use crate::error::Error;
use crate::ports::System;

/// One way to call the three variables.
pub(super) struct Spelling {
    pub(super) names: Names,
    /// Whose names they are: those of this cloud, or names so plain that another program may mean them.
    pub(super) owner: Owner,
}

/// Whose names a spelling's variables are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    /// The cloud's: a half of a pair is a mistake.
    Cloud,
    /// Anybody's: a half of a pair says nothing.
    Anybody,
}

/// Makes a spelling with the cloud's name in it.
pub(super) const fn spelling(
    id: &'static str,
    secret: &'static str,
    token: &'static str,
) -> Spelling {
    Spelling { names: Names { id, secret, token }, owner: Owner::Cloud }
}

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

/// Tells whether a variable switches something on.
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

/// Looks for a key in variables. The first spelling of which id or secret is set counts; a part that it lacks
/// may come from another spelling of which nothing else is set, as the clouds' own tools mix them.
pub(super) fn look(system: &dyn System, spellings: &[Spelling]) -> Result<Look, Error> {
    let mut fields = Fields::default();
    for Spelling { names, .. } in spellings {
        for name in [names.id, names.secret, names.token] {
            if let Some(value) = variable(system, name) {
                fields.insert(name.to_owned(), &value);
            }
        }
    }
    let is_set = |name: &str| fields.text(name).is_some();
    let or = |own: &'static str, stray: Option<&'static str>| match stray {
        Some(stray) if !is_set(own) => stray,
        _ => own,
    };
    let id = stray(spellings, is_set, |names| names.id, |names| [names.secret, names.token]);
    let secret = stray(spellings, is_set, |names| names.secret, |names| [names.id, names.token]);
    let token = stray(spellings, is_set, |names| names.token, |names| [names.id, names.secret]);
    for Spelling { names, owner } in spellings {
        if !is_set(names.id) && !is_set(names.secret) {
            continue;
        }
        let names = Names {
            id: or(names.id, id),
            secret: or(names.secret, secret),
            token: or(names.token, token),
        };
        if *owner == Owner::Anybody && !(is_set(names.id) && is_set(names.secret)) {
            continue;
        }
        if let Some(credential) = access_key::read("the environment", &names, &fields)? {
            return Ok(Look::Found(Found::new(credential, format!("`{}`", names.id))));
        }
    }
    let names: Vec<String> = spellings
        .iter()
        .filter(|spelling| spelling.owner == Owner::Cloud)
        .map(|spelling| format!("`{}`", spelling.names.id))
        .collect();
    Ok(Look::nothing(format!("{} not set", names.join(", "))))
}

/// Finds a variable that is set while nothing is that goes with it, in any spelling that has it.
fn stray(
    spellings: &[Spelling],
    is_set: impl Fn(&str) -> bool,
    part: fn(&Names) -> &'static str,
    rest: fn(&Names) -> [&'static str; 2],
) -> Option<&'static str> {
    let is_alone = |name: &&str| {
        let mut with_it = spellings.iter().filter(|spelling| part(&spelling.names) == *name);
        with_it.all(|spelling| !rest(&spelling.names).into_iter().any(&is_set))
    };
    spellings
        .iter()
        .map(|spelling| part(&spelling.names))
        .filter(|name| is_set(name))
        .find(is_alone)
}
