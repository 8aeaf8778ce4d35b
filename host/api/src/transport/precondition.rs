//! `If-Match` and `If-None-Match` (RFC 9110, section 13.1).

use http::{HeaderMap, HeaderName, header};

/// The conditions of one request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Preconditions {
    if_match: Option<Tags>,
    if_none_match: Option<Tags>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Tags {
    Any,
    These(Vec<String>),
}

impl Preconditions {
    pub(crate) fn from_headers(headers: &HeaderMap) -> Self {
        Self { if_match: tags(headers, &header::IF_MATCH), if_none_match: tags(headers, &header::IF_NONE_MATCH) }
    }

    /// Whether the client asked for a certain revision to be written over.
    pub(crate) fn demands_revision(&self) -> bool {
        self.if_match.is_some()
    }

    /// Whether `If-Match` lets a request on this revision go on.
    pub(crate) fn allow(&self, revision: &str) -> bool {
        self.if_match.as_ref().is_none_or(|tags| tags.contain(revision))
    }

    /// Whether the client holds this revision already.
    pub(crate) fn has_current(&self, revision: &str) -> bool {
        self.if_none_match.as_ref().is_some_and(|tags| tags.contain(revision))
    }
}

impl Tags {
    fn contain(&self, revision: &str) -> bool {
        match self {
            Self::Any => true,
            Self::These(tags) => tags.iter().any(|tag| tag == revision),
        }
    }
}

/// Tags are compared by their opaque part: revisions hold no comma, no quote and no weak form of their own.
fn tags(headers: &HeaderMap, name: &HeaderName) -> Option<Tags> {
    let mut found = Vec::new();
    for value in headers.get_all(name) {
        for tag in value.to_str().unwrap_or_default().split(',') {
            match tag.trim() {
                "*" => return Some(Tags::Any),
                tag => found.push(tag.trim_start_matches("W/").trim_matches('"').to_owned()),
            }
        }
    }
    headers.contains_key(name).then_some(Tags::These(found))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: HeaderName, value: &'static str) -> Preconditions {
        let mut headers = HeaderMap::new();
        headers.insert(name, http::HeaderValue::from_static(value));
        Preconditions::from_headers(&headers)
    }

    #[test]
    fn without_headers_everything_goes_on() {
        let none = Preconditions::from_headers(&HeaderMap::new());
        assert!(none.allow("1-a"));
        assert!(!none.has_current("1-a"));
        assert!(!none.demands_revision());
    }

    #[test]
    fn if_match_lets_the_named_revisions_through() {
        let named = with(header::IF_MATCH, "\"1-a\", \"2-b\"");
        assert!(named.allow("2-b"));
        assert!(!named.allow("3-c"));
        assert!(with(header::IF_MATCH, "*").allow("3-c"));
    }

    #[test]
    fn if_none_match_knows_the_current_revision_in_its_weak_form_too() {
        assert!(with(header::IF_NONE_MATCH, "W/\"1-a\"").has_current("1-a"));
        assert!(!with(header::IF_NONE_MATCH, "\"2-b\"").has_current("1-a"));
    }
}
