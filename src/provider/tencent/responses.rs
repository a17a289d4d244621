//! Tencent Cloud's responses.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{PAGE_SIZE, Tencent};
use crate::error::ErrorResponse;
use crate::provider::decode::ErrorBody;
use crate::provider::{CreationTime, Decode, DecodeError, KeyPair, Page, decode};
use crate::redact::Untrusted;
use crate::wire::Response;

impl Decode for Tencent {
    fn read_error(&self, response: &Response) -> Option<ErrorResponse> {
        let (error, request_id) = match body::<Envelope>(response) {
            Ok(envelope) => (envelope.error, envelope.request_id),
            Err(_) => (None, None),
        };
        if error.is_none() && (200..300).contains(&response.status) {
            return None;
        }
        let error = error.unwrap_or_default();
        Some(ErrorResponse {
            status: response.status,
            code: error.code,
            message: error.message,
            request_id,
            retry_after: decode::retry_after(response, None),
        })
    }

    fn read_request_id(&self, response: &Response) -> Option<Untrusted> {
        body::<Envelope>(response).ok()?.request_id
    }

    /// The response shows neither the name nor the key.
    fn read_import(&self, response: &Response) -> Result<KeyPair, DecodeError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Import {
            key_id: Untrusted,
        }
        let import: Import = body(response)?;
        Ok(KeyPair { id: Some(import.key_id), ..KeyPair::default() })
    }

    /// A page is shorter than asked for where the list has changed since the page before: the next one begins behind it.
    fn read_lookup(
        &self,
        response: &Response,
        page: Option<&str>,
    ) -> Result<Page<KeyPair>, DecodeError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Pairs {
            total_count: u64,
            // No document says that it is never `null`.
            key_pair_set: Option<Vec<KeyPairBody>>,
        }
        let pairs: Pairs = body(response)?;
        let items: Vec<KeyPair> =
            pairs.key_pair_set.unwrap_or_default().into_iter().map(KeyPair::from).collect();
        let count = u64::try_from(items.len()).ok().filter(|count| *count > 0);
        let end = offset(page).saturating_add(count.unwrap_or(PAGE_SIZE));
        let next = (end < pairs.total_count).then(|| end.to_string());
        Ok(Page { items, next })
    }

    fn read_regions(&self, response: &Response) -> Result<Page<String>, DecodeError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Regions {
            region_set: Vec<Region>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Region {
            region: String,
            region_state: Option<String>,
        }
        let regions: Regions = body(response)?;
        let is_available = |region: &Region| {
            region.region_state.as_deref().is_none_or(|state| state == "AVAILABLE")
        };
        let regions = regions.region_set.into_iter().filter(is_available);
        Ok(Page { items: regions.map(|region| region.region).collect(), next: None })
    }
}

/// Returns the number of key pairs before a page.
pub(super) fn offset(page: Option<&str>) -> u64 {
    page.and_then(|page| page.parse().ok()).unwrap_or(0)
}

/// What every response holds, beside its result or error.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Envelope {
    #[serde(default, deserialize_with = "decode::some_text")]
    request_id: Option<Untrusted>,
    error: Option<ErrorBody>,
}

fn body<T: DeserializeOwned>(response: &Response) -> Result<T, DecodeError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Body<T> {
        response: T,
    }
    let body: Body<T> = serde_json::from_slice(&response.body)?;
    Ok(body.response)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct KeyPairBody {
    key_name: Untrusted,
    key_id: Option<Untrusted>,
    public_key: Option<Untrusted>,
    #[serde(default, deserialize_with = "decode::creation_time")]
    created_time: Option<CreationTime>,
}

impl From<KeyPairBody> for KeyPair {
    fn from(pair: KeyPairBody) -> Self {
        Self {
            name: pair.key_name,
            id: pair.key_id,
            public_key: pair.public_key.filter(|line| !line.is_empty()),
            created: pair.created_time,
            ..Self::default()
        }
    }
}
