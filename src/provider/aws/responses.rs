//! AWS's responses, in XML.

use roxmltree::Node;

use super::Aws;
use crate::error::ErrorResponse;
use crate::provider::{Decode, DecodeError, KeyPair, Page, decode, xml};
use crate::redact::Untrusted;
use crate::wire::Response;

impl Decode for Aws {
    /// The elements around `Code` differ between the services of this API, so the first of that name counts.
    fn read_error(&self, response: &Response) -> Option<ErrorResponse> {
        if (200..300).contains(&response.status) {
            return None;
        }
        Some(ErrorResponse {
            status: response.status,
            code: first(response, &["Code"]).unwrap_or_default(),
            message: first(response, &["Message"]).unwrap_or_default(),
            request_id: self.read_request_id(response),
            retry_after: decode::retry_after(response, Some("x-amz-retry-after")),
        })
    }

    fn read_request_id(&self, response: &Response) -> Option<Untrusted> {
        let mut headers = ["x-amzn-requestid", "x-amz-request-id"].into_iter();
        headers
            .find_map(|name| response.header(name).map(Untrusted::from))
            .or_else(|| first(response, &["requestId", "RequestID", "RequestId"]))
    }

    fn read_import(&self, response: &Response) -> Result<KeyPair, DecodeError> {
        with_root(response, key_pair)
    }

    fn read_lookup(
        &self,
        response: &Response,
        _page: Option<&str>,
    ) -> Result<Page<KeyPair>, DecodeError> {
        with_root(response, |root| {
            let pairs = xml::items(xml::child(root, "keySet")?).map(key_pair);
            Ok(Page { items: pairs.collect::<Result<_, _>>()?, next: None })
        })
    }

    /// Regions that the account has not enabled are left out; only some servers list them unasked.
    fn read_regions(&self, response: &Response) -> Result<Page<String>, DecodeError> {
        with_root(response, |root| {
            let mut items = Vec::new();
            for item in xml::items(xml::child(root, "regionInfo")?) {
                let name = xml::child(item, "regionName")?.text().unwrap_or_default();
                if xml::text(item, "optInStatus").is_none_or(|status| status != *"not-opted-in") {
                    items.push(name.to_owned());
                }
            }
            Ok(Page { items, next: None })
        })
    }
}

/// Reads the root element of a body.
fn with_root<A>(
    response: &Response,
    decode: impl FnOnce(Node<'_, '_>) -> Result<A, DecodeError>,
) -> Result<A, DecodeError> {
    let text = String::from_utf8_lossy(&response.body);
    decode(xml::parse(&text)?.root_element())
}

/// Returns the text of the first element that has one of these names.
fn first(response: &Response, names: &[&str]) -> Option<Untrusted> {
    let text = String::from_utf8_lossy(&response.body);
    let document = xml::parse(&text).ok()?;
    let found = names.iter().find_map(|name| xml::find(&document, name)?.text());
    found.map(Untrusted::from)
}

fn key_pair(node: Node<'_, '_>) -> Result<KeyPair, DecodeError> {
    Ok(KeyPair {
        name: xml::child(node, "keyName")?.text().unwrap_or_default().into(),
        id: xml::text(node, "keyPairId"),
        public_key: xml::text(node, "publicKey"),
        fingerprint: xml::text(node, "keyFingerprint"),
        created: xml::text(node, "createTime")
            .and_then(|time| decode::parse_creation_time(time.as_str())),
        ..KeyPair::default()
    })
}
