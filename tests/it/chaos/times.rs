//! The times of a cloud: in which form its lists show when a pair was stored.

use std::time::Duration;

use chrono::{DateTime, FixedOffset, Utc};
use keyimport::wire::Response;
use serde_json::{Value, json};

/// A form of the time at which a pair was stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeForm {
    /// As the cloud's documents show it.
    Documented,
    Minutes,
    MinutesInChina,
    Seconds,
    /// With a blank, and an offset of half hours without a colon.
    OtherOffset,
    Milliseconds,
    /// Local time, and no word of where.
    NoOffset,
    /// Seconds since 1970, as a number.
    Number,
    Null,
}

impl TimeForm {
    pub const ALL: [Self; 9] = [
        Self::Documented,
        Self::Minutes,
        Self::MinutesInChina,
        Self::Seconds,
        Self::OtherOffset,
        Self::Milliseconds,
        Self::NoOffset,
        Self::Number,
        Self::Null,
    ];

    /// Returns how long after the time that is shown the pair may have been stored, if the form tells a time.
    pub fn precision(self, cloud: &str) -> Option<Duration> {
        let seconds = match self {
            Self::Documented if cloud != "aliyun" => 1,
            Self::Documented | Self::Minutes | Self::MinutesInChina => 60,
            Self::Seconds | Self::OtherOffset | Self::Milliseconds => 1,
            // Clocks on earth are up to 26 hours apart.
            Self::NoOffset => 26 * 3600 + 1,
            Self::Number | Self::Null => return None,
        };
        Some(Duration::from_secs(seconds))
    }

    /// Returns by how much the time that is shown is earlier than the true one, if the form tells that.
    pub fn left_out(self, cloud: &str, time: DateTime<Utc>) -> Option<Duration> {
        let precision = self.precision(cloud).filter(|_| self != Self::NoOffset)?;
        let since = Duration::from_millis(time.timestamp_millis().try_into().unwrap());
        Some(Duration::from_millis((since.as_millis() % precision.as_millis()).try_into().unwrap()))
    }

    fn write(self, time: DateTime<Utc>) -> Value {
        let at = |minutes_east: i32, format: &str| {
            let offset = FixedOffset::east_opt(60 * minutes_east).unwrap();
            json!(time.with_timezone(&offset).format(format).to_string())
        };
        match self {
            Self::Minutes => at(0, "%Y-%m-%dT%H:%MZ"),
            Self::MinutesInChina => at(480, "%Y-%m-%dT%H:%M%:z"),
            Self::Documented | Self::Seconds => at(0, "%Y-%m-%dT%H:%M:%SZ"),
            Self::OtherOffset => at(-210, "%Y-%m-%d %H:%M:%S %z"),
            Self::Milliseconds => at(480, "%Y-%m-%dT%H:%M:%S%.3f%:z"),
            Self::NoOffset => at(480, "%Y-%m-%d %H:%M:%S"),
            Self::Number => json!(time.timestamp()),
            Self::Null => Value::Null,
        }
    }

    /// Rewrites the times of a list; `created` finds a pair's by its description.
    pub fn rewrite(
        self,
        mut response: Response,
        created: impl Fn(&Value) -> Option<DateTime<Utc>>,
    ) -> Response {
        if self == Self::Documented {
            return response;
        }
        if let Ok(mut body) = serde_json::from_slice::<Value>(&response.body) {
            self.rewrite_below(&mut body, &created);
            response.body = body.to_string().into_bytes();
        } else {
            let items = String::from_utf8(response.body).unwrap();
            let items = items.split_inclusive("</item>");
            response.body =
                items.map(|item| self.rewrite_item(item, &created)).collect::<String>().into();
        }
        response
    }

    /// Rewrites the time of one pair in XML.
    fn rewrite_item(
        self,
        item: &str,
        created: &impl Fn(&Value) -> Option<DateTime<Utc>>,
    ) -> String {
        let text = |name: &str| {
            let (_, rest) = item.split_once(&format!("<{name}>"))?;
            rest.split_once(&format!("</{name}>")).map(|(text, _)| text)
        };
        let pair = text("keyName").zip(text("createTime"));
        let Some((name, shown)) = pair else { return item.to_owned() };
        let Some(time) = created(&json!({"name": name})) else { return item.to_owned() };
        let written = self.write(time);
        item.replace(shown, written.as_str().unwrap_or(&written.to_string()))
    }

    fn rewrite_below(self, value: &mut Value, created: &impl Fn(&Value) -> Option<DateTime<Utc>>) {
        if let Some(time) = created(value) {
            for name in ["CreationTime", "CreatedAt", "createTime", "createdTime", "CreatedTime"] {
                if let Some(shown) = value.get_mut(name) {
                    *shown = self.write(time);
                }
            }
        }
        let below: Vec<&mut Value> = match value {
            Value::Array(values) => values.iter_mut().collect(),
            Value::Object(members) => members.values_mut().collect(),
            _ => Vec::new(),
        };
        for value in below {
            self.rewrite_below(value, created);
        }
    }
}
