//! Baidu AI Cloud's responses.

use serde::Deserialize;

use super::Baidu;
use crate::error::ErrorResponse;
use crate::provider::{CreationTime, Decode, DecodeError, KeyPair, Page, decode};
use crate::redact::Untrusted;
use crate::wire::Response;

impl Decode for Baidu {
    fn read_error(&self, response: &Response) -> Option<ErrorResponse> {
        #[derive(Default, Deserialize)]
        #[serde(rename_all = "camelCase", default)]
        struct ErrorBody {
            #[serde(deserialize_with = "decode::text")]
            code: Untrusted,
            #[serde(deserialize_with = "decode::text")]
            message: Untrusted,
            #[serde(deserialize_with = "decode::some_text")]
            request_id: Option<Untrusted>,
        }
        if (200..300).contains(&response.status) {
            return None;
        }
        let body: ErrorBody = serde_json::from_slice(&response.body).unwrap_or_default();
        Some(ErrorResponse {
            status: response.status,
            code: body.code,
            message: body.message,
            request_id: body.request_id.or_else(|| self.read_request_id(response)),
            retry_after: decode::retry_after(response, None),
        })
    }

    fn read_request_id(&self, response: &Response) -> Option<Untrusted> {
        response.header("x-bce-request-id").map(Untrusted::from)
    }

    fn read_import(&self, response: &Response) -> Result<KeyPair, DecodeError> {
        #[derive(Deserialize)]
        struct Body {
            keypair: KeyPairBody,
        }
        let body: Body = serde_json::from_slice(&response.body)?;
        Ok(body.keypair.into())
    }

    fn read_lookup(
        &self,
        response: &Response,
        _: Option<&str>,
    ) -> Result<Page<KeyPair>, DecodeError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Body {
            next_marker: Option<String>,
            #[serde(default)]
            is_truncated: bool,
            keypairs: Vec<KeyPairBody>,
        }
        let body: Body = serde_json::from_slice(&response.body)?;
        let marker = body.next_marker.filter(|marker| !marker.is_empty());
        let next = match (body.is_truncated, marker) {
            (true, None) => return Err(DecodeError::Missing("nextMarker")),
            (true, marker) => marker,
            (false, _) => None,
        };
        Ok(Page { items: body.keypairs.into_iter().map(KeyPair::from).collect(), next })
    }

    fn read_regions(&self, response: &Response) -> Result<Page<String>, DecodeError> {
        #[derive(Deserialize)]
        struct Body {
            regions: Vec<decode::RegionBody>,
        }
        let body: Body = serde_json::from_slice(&response.body)?;
        let items = body.regions.into_iter().map(|region| region.id).collect();
        Ok(Page { items, next: None })
    }
}

/// `KeypairModel`; fields that the list examples leave out are optional.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeyPairBody {
    name: Untrusted,
    keypair_id: Option<Untrusted>,
    public_key: Option<Untrusted>,
    finger_print: Option<Untrusted>,
    region_id: Option<Untrusted>,
    // `createdTime` in the import and the model, `createTime` in the list examples.
    #[serde(alias = "createTime", default, deserialize_with = "decode::creation_time")]
    created_time: Option<CreationTime>,
}

impl From<KeyPairBody> for KeyPair {
    fn from(pair: KeyPairBody) -> Self {
        Self {
            name: pair.name,
            id: pair.keypair_id,
            public_key: pair.public_key.filter(|line| !line.is_empty()),
            fingerprint: pair.finger_print.filter(|text| !text.is_empty()),
            region: pair.region_id.filter(|region| !region.is_empty()),
            created: pair.created_time,
        }
    }
}
