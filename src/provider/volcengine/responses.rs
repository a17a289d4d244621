//! Volcengine's responses.

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::Volcengine;
use crate::error::ErrorResponse;
use crate::provider::decode::ErrorBody;
use crate::provider::{CreationTime, Decode, DecodeError, KeyPair, Page, decode};
use crate::redact::Untrusted;
use crate::wire::Response;

impl Decode for Volcengine {
    fn read_error(&self, response: &Response) -> Option<ErrorResponse> {
        let error = body::<IgnoredAny>(response).ok().and_then(|body| body.metadata?.error);
        if error.is_none() && (200..300).contains(&response.status) {
            return None;
        }
        let error = error
            .or_else(|| serde_json::from_slice::<GatewayError>(&response.body).ok().map(Into::into))
            .unwrap_or_default();
        Some(ErrorResponse {
            status: response.status,
            code: error.code,
            message: error.message,
            request_id: self.read_request_id(response),
            retry_after: decode::retry_after(response, None),
        })
    }

    fn read_request_id(&self, response: &Response) -> Option<Untrusted> {
        body::<IgnoredAny>(response)
            .ok()
            .and_then(|body| body.metadata?.request_id)
            .or_else(|| response.header("x-tt-logid").map(Untrusted::from))
    }

    fn read_import(&self, response: &Response) -> Result<KeyPair, DecodeError> {
        Ok(result::<KeyPairBody>(response)?.into())
    }

    fn read_lookup(
        &self,
        response: &Response,
        _: Option<&str>,
    ) -> Result<Page<KeyPair>, DecodeError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Pairs {
            // `null` in a region without key pairs.
            key_pairs: Option<Vec<KeyPairBody>>,
            next_token: Option<String>,
        }
        let pairs: Pairs = result(response)?;
        let items = pairs.key_pairs.unwrap_or_default().into_iter().map(KeyPair::from).collect();
        Ok(Page { items, next: pairs.next_token.filter(|token| !token.is_empty()) })
    }

    fn read_regions(&self, response: &Response) -> Result<Page<String>, DecodeError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Regions {
            regions: Vec<decode::RegionBody>,
            next_token: Option<String>,
        }
        let regions: Regions = result(response)?;
        let items = regions.regions.into_iter().map(|region| region.id).collect();
        Ok(Page { items, next: regions.next_token.filter(|token| !token.is_empty()) })
    }
}

/// Every response: metadata, and the result unless it is an error.
#[derive(Deserialize)]
struct Body<T> {
    #[serde(rename = "ResponseMetadata")]
    metadata: Option<Metadata>,
    #[serde(rename = "Result")]
    result: Option<T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata {
    #[serde(default, deserialize_with = "decode::some_text")]
    request_id: Option<Untrusted>,
    error: Option<ErrorBody>,
}

/// An error of the gateway itself (`VolcengineSimpleError` in the vendor's Go SDK).
#[derive(Deserialize)]
struct GatewayError {
    #[serde(deserialize_with = "decode::text")]
    errorcode: Untrusted,
    #[serde(default, deserialize_with = "decode::text")]
    message: Untrusted,
}

impl From<GatewayError> for ErrorBody {
    fn from(error: GatewayError) -> Self {
        Self { code: error.errorcode, message: error.message }
    }
}

fn body<T: DeserializeOwned>(response: &Response) -> Result<Body<T>, DecodeError> {
    Ok(serde_json::from_slice(&response.body)?)
}

fn result<T: DeserializeOwned>(response: &Response) -> Result<T, DecodeError> {
    body(response)?.result.ok_or(DecodeError::Missing("Result"))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct KeyPairBody {
    key_pair_name: Untrusted,
    key_pair_id: Option<Untrusted>,
    finger_print: Option<Untrusted>,
    #[serde(default, deserialize_with = "decode::creation_time")]
    created_at: Option<CreationTime>,
}

impl From<KeyPairBody> for KeyPair {
    fn from(pair: KeyPairBody) -> Self {
        Self {
            name: pair.key_pair_name,
            id: pair.key_pair_id,
            fingerprint: pair.finger_print.filter(|text| !text.is_empty()),
            created: pair.created_at,
            ..Self::default()
        }
    }
}
