//! stub
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey;
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    Same,
    Other,
    Unknown,
}
impl PublicKey {
    pub fn algorithm(&self) -> &str {
        ""
    }
    pub fn bits(&self) -> u32 {
        0
    }
    pub fn comment(&self) -> Option<&str> {
        None
    }
    pub fn line(&self) -> String {
        String::new()
    }
    pub fn bare_line(&self) -> String {
        String::new()
    }
    pub fn base64(&self) -> &str {
        ""
    }
    pub fn md5(&self) -> String {
        String::new()
    }
    pub fn md5_colons(&self) -> String {
        String::new()
    }
    pub fn sha256(&self) -> &str {
        ""
    }
    pub fn same_as_line(&self, _line: &str) -> Likeness {
        Likeness::Unknown
    }
    pub fn same_as_fingerprint(&self, _: &str) -> Likeness {
        Likeness::Unknown
    }
}
