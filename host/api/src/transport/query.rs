//! Query parameters, decoded once.

/// The parameters of a query string in their order.
#[derive(Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn parse(query: Option<&str>) -> Self {
        match query {
            None | Some("") => Self::default(),
            Some(query) => Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect()),
        }
    }

    /// The first value of that name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Every parameter in its order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether the parameter says yes: present, and neither `false` nor `0`.
    pub(crate) fn is_true(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| !value.eq_ignore_ascii_case("false") && value != "0")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_decoded() {
        let query = Query::parse(Some("start_key=a%2Bb&page_size=5&page_size=6"));
        assert_eq!(query.get("start_key"), Some("a+b"));
        assert_eq!(query.get("page_size"), Some("5"));
        assert_eq!(query.get("absent"), None);
    }

    #[test]
    fn a_flag_is_true_unless_it_says_no() {
        let query = Query::parse(Some("a&b=true&c=false&d=0"));
        assert!(query.is_true("a") && query.is_true("b"));
        assert!(!query.is_true("c") && !query.is_true("d") && !query.is_true("e"));
    }
}
