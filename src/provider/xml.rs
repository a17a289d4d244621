//! XML in responses. A document with a document type is refused, so that nothing in it expands, and elements are found
//! without recursion.

use roxmltree::{Document, Node, ParsingOptions, TextPos};

use super::DecodeError;
use crate::redact::Untrusted;

/// More nodes than the longest response that is read can usefully hold.
const MAX_NODES: u32 = 250_000;

/// More namespaces than the responses of a service declare. The parser's time grows with their square.
const MAX_NAMESPACES: usize = 64;
/// More quotes than the attributes of an element have, or the text behind it. The parser's time grows with their square.
const MAX_QUOTES: usize = 512;

/// Parses a body.
pub(crate) fn parse(text: &str) -> Result<Document<'_>, DecodeError> {
    check_attributes(text)?;
    let options = ParsingOptions { nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|error| at(error.pos()))
}

/// Refuses what would take the parser too long. A tag cannot hold `<`, so each stands in a part of its own.
fn check_attributes(text: &str) -> Result<(), DecodeError> {
    let quotes = |part: &str| part.matches(['"', '\'']).count();
    let is_long = text.matches("xmlns").count() > MAX_NAMESPACES
        || text.split('<').any(|part| quotes(part) > MAX_QUOTES);
    if is_long { Err(at(TextPos::new(1, 1))) } else { Ok(()) }
}

/// Returns the first element of a name, however deep.
pub(crate) fn find<'a, 'input>(
    document: &'a Document<'input>,
    name: &str,
) -> Option<Node<'a, 'input>> {
    document.descendants().find(|node| node.tag_name().name() == name)
}

/// Returns a child element that has to be there.
pub(super) fn child<'a, 'input>(
    node: Node<'a, 'input>,
    name: &str,
) -> Result<Node<'a, 'input>, DecodeError> {
    find_child(node, name).ok_or_else(|| at(node.document().text_pos_at(node.range().start)))
}

fn find_child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children().find(|child| child.tag_name().name() == name)
}

/// Returns the text of a child element; a missing and an empty one are `None`.
pub(super) fn text(node: Node<'_, '_>, name: &str) -> Option<Untrusted> {
    find_child(node, name)?.text().map(Untrusted::from)
}

/// Returns the children of a list.
pub(super) fn items<'a, 'input>(list: Node<'a, 'input>) -> impl Iterator<Item = Node<'a, 'input>> {
    list.children().filter(Node::is_element)
}

fn at(place: TextPos) -> DecodeError {
    let [line, column] =
        [place.row, place.col].map(|number| usize::try_from(number).unwrap_or_default());
    DecodeError::Unexpected { format: "XML", line, column }
}
