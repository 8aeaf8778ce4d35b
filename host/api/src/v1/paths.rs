//! The spellings of a path that mean the same.

use http::Uri;
use http::uri::PathAndQuery;

/// Takes a trailing slash away, and the case of the words of a `/v1` path, which are matched in any case: its first part and every second
/// one from there on. What is between them are ids and names.
pub(crate) fn normalise(uri: &Uri) -> Option<Uri> {
    let path = uri.path();
    let trimmed = path.strip_suffix('/').filter(|trimmed| !trimmed.is_empty()).unwrap_or(path);
    let versioned = trimmed.get(..3).is_some_and(|prefix| prefix.eq_ignore_ascii_case("/v1"));
    let is_v1 = versioned && matches!(trimmed.as_bytes().get(3), None | Some(b'/'));
    let lowered = is_v1 && trimmed.bytes().any(|byte| byte.is_ascii_uppercase());
    let mut spelled = if lowered { lower_words(trimmed) } else { trimmed.to_owned() };
    if spelled == path {
        return None;
    }
    if let Some(query) = uri.query() {
        spelled.push('?');
        spelled.push_str(query);
    }
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(spelled).ok()?);
    Uri::from_parts(parts).ok()
}

/// `/V1/Accounts/A/Calls` as `/v1/accounts/A/calls`.
fn lower_words(path: &str) -> String {
    let parts = path.split('/').enumerate().map(|(place, part)| match place {
        1 => part.to_ascii_lowercase(),
        place if place % 2 == 0 => part.to_ascii_lowercase(),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(uri: &'static str) -> String {
        let uri = Uri::from_static(uri);
        normalise(&uri).unwrap_or(uri).to_string()
    }

    #[test]
    fn v1_paths_are_matched_in_any_case_and_with_a_trailing_slash() {
        assert_eq!(spelled("/v1/Accounts/ABC/Calls/?from=X"), "/v1/accounts/ABC/calls?from=X");
        assert_eq!(spelled("/V1/accounts"), "/v1/accounts");
    }

    #[test]
    fn names_in_v1_paths_keep_their_case() {
        assert_eq!(spelled("/v1/Accounts/ABC/Queues/Sales"), "/v1/accounts/ABC/queues/Sales");
        assert_eq!(spelled("/v1/accounts/abc/queues/Sales/Members"), "/v1/accounts/abc/queues/Sales/members");
    }

    #[test]
    fn other_paths_keep_their_case() {
        assert_eq!(spelled("/v2/resources/RES-4/"), "/v2/resources/RES-4");
        assert_eq!(spelled("/v10/Accounts"), "/v10/Accounts");
        assert_eq!(spelled("/"), "/");
    }

    #[test]
    fn a_uri_that_is_spelled_already_is_left_alone() {
        assert_eq!(normalise(&Uri::from_static("/v1/accounts?Name=X")), None);
    }
}
