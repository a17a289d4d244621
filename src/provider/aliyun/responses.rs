//! Alibaba Cloud's responses, in JSON and XML.

use serde::Deserialize;

use super::Aliyun;
use crate::error::ErrorResponse;
use crate::provider::{CreationTime, Decode, DecodeError, KeyPair, Page, decode, xml};
use crate::redact::Untrusted;
use crate::wire::Response;

impl Decode for Aliyun {
    fn read_error(&self, response: &Response) -> Option<ErrorResponse> {
        if (200..300).contains(&response.status) {
            return None;
        }
        let body: ErrorBody = serde_json::from_slice(&response.body)
            .unwrap_or_else(|_| ErrorBody::from_xml(&String::from_utf8_lossy(&response.body)));
        Some(ErrorResponse {
            status: response.status,
            code: body.code,
            message: body.message,
            request_id: self.read_request_id(response).or(body.request_id),
            retry_after: decode::retry_after(response, Some("x-acs-retry-after")),
        })
    }

    fn read_request_id(&self, response: &Response) -> Option<Untrusted> {
        #[derive(Deserialize)]
        struct Body {
            #[serde(
                rename = "RequestId",
                alias = "requestId",
                deserialize_with = "decode::some_text"
            )]
            request_id: Option<Untrusted>,
        }
        serde_json::from_slice(&response.body)
            .ok()
            .and_then(|body: Body| body.request_id)
            .or_else(|| response.header("x-acs-request-id").map(Untrusted::from))
    }

    fn read_import(&self, response: &Response) -> Result<KeyPair, DecodeError> {
        let pair: KeyPairBody = serde_json::from_slice(&response.body)?;
        Ok(pair.into())
    }

    fn read_lookup(
        &self,
        response: &Response,
        _: Option<&str>,
    ) -> Result<Page<KeyPair>, DecodeError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Body {
            #[serde(default)]
            page_number: u32,
            #[serde(default)]
            page_size: u32,
            #[serde(default)]
            total_count: u32,
            key_pairs: KeyPairs,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct KeyPairs {
            key_pair: Vec<KeyPairBody>,
        }
        let body: Body = serde_json::from_slice(&response.body)?;
        let seen = body.page_number.saturating_mul(body.page_size);
        let next = (seen > 0 && seen < body.total_count)
            .then(|| body.page_number.saturating_add(1).to_string());
        let items = body.key_pairs.key_pair.into_iter().map(KeyPair::from).collect();
        Ok(Page { items, next })
    }

    fn read_regions(&self, response: &Response) -> Result<Page<String>, DecodeError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Body {
            regions: Regions,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Regions {
            region: Vec<decode::RegionBody>,
        }
        let body: Body = serde_json::from_slice(&response.body)?;
        let items = body.regions.region.into_iter().map(|region| region.id).collect();
        Ok(Page { items, next: None })
    }
}

/// An error response; gateways differ in the case of the names.
#[derive(Default, Deserialize)]
struct ErrorBody {
    #[serde(rename = "Code", alias = "code", default, deserialize_with = "decode::text")]
    code: Untrusted,
    #[serde(rename = "Message", alias = "message", default, deserialize_with = "decode::text")]
    message: Untrusted,
    #[serde(skip)]
    request_id: Option<Untrusted>,
}

impl ErrorBody {
    /// Decodes the `<Error>` document of a gateway; missing elements become empty fields.
    fn from_xml(text: &str) -> Self {
        let document = xml::parse(text).ok();
        let element = |name: &str| {
            let text = xml::find(document.as_ref()?, name)?.text()?;
            Some(Untrusted::from(text.trim()))
        };
        Self {
            code: element("Code").unwrap_or_default(),
            message: element("Message").unwrap_or_default(),
            request_id: element("RequestId"),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct KeyPairBody {
    key_pair_name: Untrusted,
    key_pair_finger_print: Option<Untrusted>,
    public_key: Option<Untrusted>,
    #[serde(default, deserialize_with = "decode::creation_time")]
    creation_time: Option<CreationTime>,
}

impl From<KeyPairBody> for KeyPair {
    fn from(pair: KeyPairBody) -> Self {
        Self {
            name: pair.key_pair_name,
            public_key: pair.public_key.filter(|line| !line.is_empty()),
            fingerprint: pair.key_pair_finger_print.filter(|text| !text.is_empty()),
            created: pair.creation_time,
            ..Self::default()
        }
    }
}
