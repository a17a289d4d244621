//! XML in responses. A document with a document type is refused, so that nothing in it expands, and elements are found
//! without recursion.

use roxmltree::{Document, Node, ParsingOptions};

use super::DecodeError;
use crate::redact::Untrusted;

/// More nodes than the longest response that is read can usefully hold.
const MAX_NODES: u32 = 250_000;

/// Parses a body.
pub(crate) fn parse(text: &str) -> Result<Document<'_>, DecodeError> {
    let options = ParsingOptions { nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|error| at(error.pos()))
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
    let mut children = node.children();
    children
        .find(|child| child.tag_name().name() == name)
        .ok_or_else(|| at(node.document().text_pos_at(node.range().start)))
}

/// Returns the text of a child element; a missing and an empty one are `None`.
pub(super) fn text(node: Node<'_, '_>, name: &str) -> Option<Untrusted> {
    child(node, name).ok().and_then(|child| child.text()).map(Untrusted::from)
}

/// Returns the children of a list.
pub(super) fn items<'a, 'input>(list: Node<'a, 'input>) -> impl Iterator<Item = Node<'a, 'input>> {
    list.children().filter(Node::is_element)
}

fn at(place: roxmltree::TextPos) -> DecodeError {
    let [line, column] =
        [place.row, place.col].map(|number| usize::try_from(number).unwrap_or_default());
    DecodeError { format: "XML", line, column }
}
