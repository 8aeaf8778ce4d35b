//! Bulk number jobs: their ids, their states, and what a request for one says.

mod request;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

pub use request::{MOST_NUMBERS, NumberJobRequest};

/// Most hex digits of an id behind its month.
const LONGEST: usize = 64;

/// Text that is no id of a bulk job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the id of a job: expected YYYYMM- and hex digits")]
pub struct InvalidNumberJobId;

/// The id of a bulk job: the month in which it was made (UTC), and hex digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct NumberJobId(String);

impl NumberJobId {
    /// An id for a job that is made at that moment. Those of jobs that are made later in the month sort behind it: the digits are the
    /// microsecond of the month, and some that nobody can guess.
    #[must_use]
    pub fn random(now: OffsetDateTime) -> Self {
        let (_, random) = Uuid::new_v4().as_u64_pair();
        let day = u64::from(now.day()).saturating_sub(1);
        let (hour, minute, second, micro) = now.to_hms_micro();
        let seconds = ((day * 24 + u64::from(hour)) * 60 + u64::from(minute)) * 60 + u64::from(second);
        let micros = seconds * 1_000_000 + u64::from(micro);
        let (month, random) = (u8::from(now.month()), random & 0xf_ffff);
        Self(format!("{:04}{month:02}-{micros:011x}{random:05x}", now.year()))
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for NumberJobId {
    type Err = InvalidNumberJobId;

    /// The month may lack its leading zero: `20148-…` is `201408-…`.
    fn from_str(text: &str) -> Result<Self, InvalidNumberJobId> {
        let (date, rest) = text.split_once('-').ok_or(InvalidNumberJobId)?;
        let (year, month) = date.split_at_checked(4).ok_or(InvalidNumberJobId)?;
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let is_hex = (1..=LONGEST).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_number(year) || !is_number(month) || !(1..=2).contains(&month.len()) || !is_hex {
            return Err(InvalidNumberJobId);
        }
        let month: u8 = month.parse().map_err(|_| InvalidNumberJobId)?;
        if !(1..=12).contains(&month) {
            return Err(InvalidNumberJobId);
        }
        Ok(Self(format!("{year}{month:02}-{}", rest.to_ascii_lowercase())))
    }
}

impl fmt::Display for NumberJobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for NumberJobId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Where a bulk job stands. A number that cannot be added is an error of its own: a job as a whole does not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberJobStatus {
    /// No number has been looked at.
    Pending,
    /// Some have.
    Running,
    /// All have.
    Complete,
    /// Somebody called it off; the numbers that were added stay.
    Cancelled,
}

impl NumberJobStatus {
    /// Whether nothing more happens.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Complete | Self::Cancelled)
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn an_id_begins_with_its_month() {
        let id = NumberJobId::random(datetime!(2014-08-31 23:59:59 UTC));
        assert!(id.as_str().starts_with("201408-") && id.as_str().len() == 23, "{id}");
        assert_eq!(id.as_str().parse(), Ok(id));
    }

    #[test]
    fn ids_sort_by_when_they_are_made() {
        let last = NumberJobId::random(datetime!(2014-08-31 23:59:59.999999 UTC));
        assert!(last.as_str().len() == 23, "{last}");
        let moments = [
            datetime!(2014-08-01 00:00:00 UTC),
            datetime!(2014-08-01 00:00:00.000001 UTC),
            datetime!(2014-08-01 00:00:01 UTC),
            datetime!(2014-08-02 00:00:00 UTC),
        ];
        let ids: Vec<NumberJobId> = moments.map(NumberJobId::random).into_iter().chain([last]).collect();
        assert!(ids.is_sorted(), "{ids:?}");
        assert_ne!(NumberJobId::random(moments[0]), NumberJobId::random(moments[0]));
    }

    #[test]
    fn an_id_is_read_in_both_documented_spellings() {
        let read = |text: &str| text.parse::<NumberJobId>().map(|id| id.to_string());
        assert_eq!(read("201408-39512771f9d2d499").as_deref(), Ok("201408-39512771f9d2d499"));
        assert_eq!(read("20148-39512771F9D2D499").as_deref(), Ok("201408-39512771f9d2d499"));
        assert_eq!(read("201408-70766ed00a24").as_deref(), Ok("201408-70766ed00a24"));
        let endless = format!("201408-{}", "a".repeat(65));
        for text in [
            "",
            "x",
            "201408",
            "201408-",
            "201413-ab",
            "201400-ab",
            "2014-ab",
            "2014081-ab",
            "201408-xyz",
            "é-a",
            &endless,
        ] {
            assert_eq!(read(text), Err(InvalidNumberJobId), "{text}");
        }
    }
}
