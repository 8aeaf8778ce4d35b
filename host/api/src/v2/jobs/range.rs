//! The period that a list of jobs is about.

use strowger_model::{Violation, Violations, time};

use crate::v2::error::Error;
use crate::v2::filters::second;
use crate::v2::request::Request;

/// Longest period: 31 days and an hour.
const LONGEST: i64 = 2_682_000;

/// Gregorian seconds, both inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) from: i64,
    pub(super) to: i64,
}

impl Range {
    pub(super) fn of(request: &Request) -> Result<Self, Error> {
        let moment = |name: &str| -> Result<Option<i64>, Violation> {
            let given = request.parameter(name).filter(|given| !given.is_empty());
            given.map(|given| second(name, &given)).transpose()
        };
        Ok(Self::between(moment("created_from")?, moment("created_to")?, time::gregorian_now())?)
    }

    /// An end that is left out is now, a beginning the longest period before the end.
    fn between(from: Option<i64>, to: Option<i64>, now: i64) -> Result<Self, Violations> {
        let to = to.unwrap_or(now);
        let from = from.unwrap_or(to.saturating_sub(LONGEST));
        let refused = |message: String| Err(Violation::new("created_from", "date_range", message).value(from).into());
        match to.saturating_sub(from) {
            ..0 => refused(format!("created_from {from} must be prior to created_to {to}")),
            length if length > LONGEST => {
                refused(format!("created_to {to} must be at most {LONGEST} seconds after created_from {from}"))
            }
            _ => Ok(Self { from, to }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 63_575_950_041;

    fn between(from: Option<i64>, to: Option<i64>) -> Option<(i64, i64)> {
        Range::between(from, to, NOW).ok().map(|range| (range.from, range.to))
    }

    #[test]
    fn a_period_is_at_most_31_days_and_an_hour() {
        assert_eq!(between(None, None), Some((NOW - 2_682_000, NOW)));
        assert_eq!(between(Some(NOW - 5), None), Some((NOW - 5, NOW)));
        assert_eq!(between(None, Some(10)), Some((10 - 2_682_000, 10)));
        assert_eq!(between(Some(0), Some(2_682_000)), Some((0, 2_682_000)));
        for (from, to) in
            [(Some(0), Some(2_682_001)), (Some(6), Some(5)), (Some(0), None), (Some(i64::MIN), Some(i64::MAX))]
        {
            assert_eq!(between(from, to), None, "{from:?} {to:?}");
        }
        let told = Range::between(Some(6), Some(5), NOW).unwrap_err().to_data();
        assert!(told["created_from"]["date_range"]["message"].is_string(), "{told}");
    }
}
