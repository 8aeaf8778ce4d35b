//! Gregorian seconds, the time of `/v2` documents (seconds since the year 0), and RFC 2822, that of `/v1`.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::{Rfc2822, Rfc3339};

/// Gregorian seconds at the Unix epoch.
pub const GREGORIAN_OFFSET: i64 = 62_167_219_200;

/// The last second of the year 9999, in Unix seconds.
const LAST_SECOND: u64 = 253_402_300_799;

/// Unix seconds as Gregorian seconds.
#[must_use]
pub const fn to_gregorian(unix: i64) -> i64 {
    unix.saturating_add(GREGORIAN_OFFSET)
}

/// Gregorian seconds as Unix seconds.
#[must_use]
pub const fn from_gregorian(gregorian: i64) -> i64 {
    gregorian.saturating_sub(GREGORIAN_OFFSET)
}

/// Unix seconds by the system's clock.
#[must_use]
pub fn unix_now() -> i64 {
    // A clock before 1970 is a machine without a clock; its documents are then dated 1970.
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX)
}

/// Gregorian seconds by the system's clock.
#[must_use]
pub fn gregorian_now() -> i64 {
    to_gregorian(unix_now())
}

/// The system's clock in UTC, to the second: RFC 2822 knows nothing finer.
#[must_use]
pub fn now() -> OffsetDateTime {
    let now = OffsetDateTime::now_utc();
    now.replace_nanosecond(0).unwrap_or(now)
}

/// A date as `/v1` writes it: RFC 2822. Years beyond 9999 cannot be written so, and are empty.
#[must_use]
pub fn format_date(moment: OffsetDateTime) -> String {
    moment.format(&Rfc2822).unwrap_or_default()
}

/// A date of `/v1`: RFC 2822 as documented, or RFC 3339 as many clients write it.
#[must_use]
pub fn parse_date(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc2822).or_else(|_| OffsetDateTime::parse(text, &Rfc3339)).ok()
}

/// What [`unix_of`] reads, in words.
pub const MOMENT: &str = "a moment is a date as in 2026-01-31T17:00:00Z, or whole seconds since 1970";

/// A moment since 1970 in Unix seconds, given as ISO 8601 (RFC 3339) or Unix seconds, as a number or as text.
#[must_use]
pub fn unix_of(moment: &Value) -> Option<u64> {
    let seconds = match moment {
        Value::Number(seconds) => seconds.as_u64()?,
        Value::String(text) => match text.parse() {
            Ok(seconds) => seconds,
            Err(_) => u64::try_from(OffsetDateTime::parse(text, &Rfc3339).ok()?.unix_timestamp()).ok()?,
        },
        _ => return None,
    };
    Some(seconds).filter(|seconds| *seconds <= LAST_SECOND)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_date_is_read_in_both_forms() {
        let moment = time::macros::datetime!(2019-09-05 17:51:32 UTC);
        assert_eq!(parse_date("Thu, 05 Sep 2019 17:51:32 +0000"), Some(moment));
        assert_eq!(parse_date("2019-09-05T17:51:32Z"), Some(moment));
        assert_eq!(parse_date("yesterday"), None);
        assert_eq!(format_date(moment), "Thu, 05 Sep 2019 17:51:32 +0000");
        assert_eq!(now().nanosecond(), 0);
    }

    #[test]
    fn a_moment_is_a_date_or_unix_seconds() {
        for moment in [
            json!(1_700_000_000),
            json!("1700000000"),
            json!("2023-11-14T22:13:20Z"),
            json!("2023-11-15T00:13:20+02:00"),
        ] {
            assert_eq!(unix_of(&moment), Some(1_700_000_000), "{moment}");
        }
        for none in [
            json!("noon"),
            json!(-1),
            json!(1.5),
            json!("1969-12-31T23:59:59Z"),
            json!(253_402_300_800_u64),
            json!(true),
        ] {
            assert_eq!(unix_of(&none), None, "{none}");
        }
    }

    #[test]
    fn the_year_1970_began_at_the_offset() {
        let day = time::macros::date!(1970 - 01 - 01);
        let year_zero = time::macros::date!(0000 - 01 - 01);
        assert_eq!((day - year_zero).whole_seconds(), GREGORIAN_OFFSET);
        assert_eq!(to_gregorian(0), GREGORIAN_OFFSET);
        assert_eq!(from_gregorian(to_gregorian(1_700_000_000)), 1_700_000_000);
    }
}
