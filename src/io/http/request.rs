//! A request in the form of the HTTP library.

use reqwest::header::{CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue};

use crate::phrase::phrase;
use crate::ports::{Delivery, SendError};
use crate::wire::Request;

/// Turns a request into the HTTP library's form, with the target as it was signed.
pub(super) fn to_reqwest(request: &Request) -> Result<reqwest::Request, SendError> {
    let unusable = |what: &str| {
        let reason = phrase!("the request holds {} that HTTP cannot carry", what);
        SendError { permanent: true, ..SendError::new(Delivery::Unsent, reason) }
    };
    let url = format!("{}{}", request.origin, request.target());
    let url = url.parse().map_err(|_| unusable("an address"))?;
    let method = request.method.parse().map_err(|_| unusable("a method"))?;
    let mut headers = HeaderMap::new();
    for (name, value) in &request.headers {
        let name: HeaderName = name.parse().map_err(|_| unusable("a header name"))?;
        let mut value = HeaderValue::from_str(value).map_err(|_| unusable("a header value"))?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    if request.body.is_empty() && request.method != "GET" {
        // The library omits the length of an empty body, and some gateways reject that with 411.
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    let mut converted = reqwest::Request::new(method, url);
    *converted.headers_mut() = headers;
    if !request.body.is_empty() {
        *converted.body_mut() = Some(request.body.clone().into());
    }
    Ok(converted)
}
