//! Short-dial correction: a local number completed with the leading digits of the caller's own.

use serde_json::{Map, Value};
use strowger_model::number;

/// How many digits may be missing.
const CORRECTION: std::ops::RangeInclusive<usize> = 2..=5;

/// The completed number, where as many digits are missing as correction allows and the result's class is not denied to the caller.
pub(crate) fn correct(dialled: &str, request: &Map<String, Value>) -> Option<String> {
    let digits = |text: &str| text.strip_prefix('+').unwrap_or(text).to_owned();
    let caller = digits(request.get("Outbound-Caller-ID-Number")?.as_str()?);
    let dialled = digits(dialled);
    let all_digits = [&caller, &dialled].iter().all(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let missing = caller.len().checked_sub(dialled.len()).filter(|missing| CORRECTION.contains(missing))?;
    let lead = caller.get(..missing).filter(|_| all_digits)?;
    let corrected = number::normalise(&format!("{lead}{dialled}")).into_owned();
    let class = number::classify(&corrected).name.to_string();
    (!is_denied(request, &class)).then_some(corrected)
}

fn is_denied(request: &Map<String, Value>, class: &str) -> bool {
    let restriction = request.get("Denied-Call-Restrictions").and_then(|restrictions| restrictions.get(class));
    restriction.and_then(|restriction| restriction.get("action")).is_some_and(|action| action == "deny")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors of the group, which name the number dialled, the request and the number expected.
    #[test]
    fn vectors() {
        let vectors: Value = serde_json::from_str(include_str!("../../../tests/vectors/routing.json")).unwrap();
        let group = vectors["groups"]["shortdial_correction"].as_array().unwrap();
        assert!(!group.is_empty());
        for vector in group {
            let request = vector["request"].as_object().unwrap();
            let corrected = correct(vector["number"].as_str().unwrap(), request);
            assert_eq!(corrected.as_deref(), vector["expect"].as_str(), "{}", vector["id"]);
        }
    }
}
