//! Gregorian seconds, the time of `/v2` documents (seconds since the year 0), and RFC 2822, that of `/v1`.

use std::time::{SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::format_description::well_known::{Rfc2822, Rfc3339};

/// Gregorian seconds at the Unix epoch.
pub const GREGORIAN_OFFSET: i64 = 62_167_219_200;

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

#[cfg(test)]
mod tests {
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
    fn the_year_1970_began_at_the_offset() {
        let day = time::macros::date!(1970 - 01 - 01);
        let year_zero = time::macros::date!(0000 - 01 - 01);
        assert_eq!((day - year_zero).whole_seconds(), GREGORIAN_OFFSET);
        assert_eq!(to_gregorian(0), GREGORIAN_OFFSET);
        assert_eq!(from_gregorian(to_gregorian(1_700_000_000)), 1_700_000_000);
    }
}
