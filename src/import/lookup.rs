//! What a list of stored key pairs means for an import.

use crate::key::{Comparison, PublicKey};
use crate::provider::{ImportJob, KeyPair};
use crate::redact::Untrusted;

use super::outcome::Verification;

/// What stands where the key is to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Match {
    /// This key, under the wanted name.
    Present(KeyPair, Verification),
    /// This key, under another name.
    PresentAs(KeyPair, Verification),
    /// Another key, under the wanted name.
    NameTaken(KeyPair),
    /// A key under the wanted name that cannot be compared with this one.
    Incomparable(KeyPair),
    /// Nothing of the kind.
    Absent,
}

/// Judges a list, in this order: this key under this name, this key under another name, another key under this name,
/// a key under this name that cannot be compared, nothing. The order of the list does not count.
pub(super) fn find_match(job: &ImportJob, stored: &[KeyPair]) -> Match {
    stored
        .iter()
        .map(|pair| (compare(&job.key, pair), pair.name == job.name, pair))
        .filter_map(|((comparison, proof), same_name, pair)| match (comparison, same_name) {
            (Comparison::Same, true) => Some((0, Match::Present(pair.clone(), proof))),
            (Comparison::Same, false) => Some((1, Match::PresentAs(pair.clone(), proof))),
            (Comparison::Different, true) => Some((2, Match::NameTaken(pair.clone()))),
            (Comparison::Unknown, true) => Some((3, Match::Incomparable(pair.clone()))),
            (Comparison::Different | Comparison::Unknown, false) => None,
        })
        // Two entries of one rank differ in name or id only; the smaller name makes the choice stable.
        .min_by(|(rank, one), (other_rank, other)| {
            rank.cmp(other_rank).then_with(|| one.name_and_id().cmp(&other.name_and_id()))
        })
        .map_or(Match::Absent, |(_, found)| found)
}

impl Match {
    fn name_and_id(&self) -> Option<(&Untrusted, Option<&Untrusted>)> {
        match self {
            Self::Present(pair, _)
            | Self::PresentAs(pair, _)
            | Self::NameTaken(pair)
            | Self::Incomparable(pair) => Some((&pair.name, pair.id.as_ref())),
            Self::Absent => None,
        }
    }
}

/// Compares a key with a stored pair: by the key where the cloud shows it, else by its fingerprint.
pub(super) fn compare(key: &PublicKey, pair: &KeyPair) -> (Comparison, Verification) {
    let by_line = pair.public_key.as_ref().map(|line| key.same_as_line(line.as_str()));
    if let Some(comparison @ (Comparison::Same | Comparison::Different)) = by_line {
        return (comparison, Verification::PublicKey);
    }
    match pair.fingerprint.as_ref().map(|printed| key.same_as_fingerprint(printed.as_str())) {
        Some(comparison @ (Comparison::Same | Comparison::Different)) => {
            (comparison, Verification::Fingerprint)
        }
        Some(Comparison::Unknown) | None => (Comparison::Unknown, Verification::None),
    }
}
