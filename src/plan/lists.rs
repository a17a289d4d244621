//! Lists in flags: items with commas or spaces between them.

use crate::cli::{TargetArgs, is_separator};
use crate::phrase::{Phrase, phrase};
use crate::provider::{self, check_region};

/// Splits a list; a comma at its end, or two in a row, add no item.
pub(super) fn items(list: &str) -> impl Iterator<Item = &str> {
    list.split(is_separator).filter(|item| !item.is_empty())
}

/// Returns the flag and list that end in a comma, if there are any: with a space behind it, as in `--region a, b`, the
/// shell makes an argument of its own of the next item.
fn open_list(args: &TargetArgs) -> Option<String> {
    let begun = |flag: &str, list: &str| format!("{flag} {},", list.trim_end_matches(is_separator));
    // White space behind the last item opens no list.
    let is_open = |list: &str| list.trim_end().ends_with(is_separator);
    // The parser split these at their commas, which leaves an empty item behind the last one.
    let open = |flag: &str, items: &[String]| {
        let end = items.iter().position(|item| item.trim().is_empty() || is_open(item))?;
        Some(begun(flag, &items.get(..=end)?.join(",")))
    };
    let to = args.to.iter().find(|list| is_open(list));
    open("--region", &args.region)
        .or_else(|| open("--provider", &args.provider))
        .or_else(|| to.map(|list| begun("--to", list)))
}

/// Returns a hint for an item that is a cloud, with or without regions.
pub(super) fn target_hint(item: &str) -> Option<Phrase> {
    let (id, _) = item.split_once('/').unwrap_or((item, ""));
    provider::find(id)?;
    Some(phrase!("write `{}`: each cloud has a `--to` of its own", format!("--to {item}")))
}

/// Returns a hint for an argument that is no file, but seems to be an item of a list.
pub fn list_hint(args: &TargetArgs, argument: &str) -> Option<Phrase> {
    let item = argument.trim_matches(is_separator);
    let is_cloud = provider::find(item).is_some();
    // A cloud behind a `--to`, or one with regions: `--to CLOUD, CLOUD` and `--provider CLOUD CLOUD/REGION`.
    if provider::find(item.split('/').next()?).is_some() && (!is_cloud || !args.to.is_empty()) {
        let targets = args.to.iter().map(|target| target.trim_end_matches(is_separator));
        let flags: Vec<String> =
            targets.chain([item]).map(|target| format!("--to {target}")).collect();
        return Some(phrase!("write `{}`: each cloud has a `--to` of its own", flags.join(" ")));
    }
    let begun = |flag: &str, items: &[String], of_none: &str| match items.join(",") {
        list if list.is_empty() => format!("{flag} {of_none},"),
        list => format!("{flag} {list},"),
    };
    let open = open_list(args);
    let is_region = provider::infos().any(|info| info.region(item).is_some());
    let list = match open {
        // Behind a comma: `--region REGION, REGION`. The region may be a new one.
        Some(open) if is_cloud || check_region(item).is_ok() => open,
        // Without one, what is known: `--provider CLOUD CLOUD`.
        None if is_cloud => begun("--provider", &args.provider, "CLOUD"),
        // `--region REGION REGION`.
        None if is_region => begun("--region", &args.region, "REGION"),
        Some(_) | None => return None,
    };
    Some(phrase!("write a list with commas and without spaces, such as `{}{}`", list, item))
}
