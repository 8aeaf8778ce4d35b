//! Routes as data. The router is built from these tables, and the tests walk them to ask of every route who may do what.

use http::Method;

/// A method that a route can answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Get,
    Put,
    Post,
    Patch,
    Delete,
}

impl Verb {
    /// `HEAD` is answered as `GET`; the connection leaves the body out.
    pub(crate) fn from_method(method: &Method) -> Option<Self> {
        if method == Method::HEAD { Some(Self::Get) } else { Self::from_name(method.as_str()) }
    }

    /// The verb of that name, in any case.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Get, Self::Put, Self::Post, Self::Patch, Self::Delete]
            .into_iter()
            .find(|verb| verb.name().eq_ignore_ascii_case(name))
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// One method of a route and what it does.
pub(crate) struct Endpoint<W> {
    pub(crate) verb: Verb,
    pub(crate) work: W,
}

/// The methods of a route.
pub(crate) struct Endpoints<W: 'static>(pub(crate) &'static [Endpoint<W>]);

impl<W> Endpoints<W> {
    pub(crate) fn find(&self, verb: Verb) -> Option<&'static W> {
        self.0.iter().find(|endpoint| endpoint.verb == verb).map(|endpoint| &endpoint.work)
    }

    /// The value of the `Allow` header.
    pub(crate) fn allow(&self) -> String {
        let names: Vec<&str> = self.0.iter().map(|endpoint| endpoint.verb.name()).collect();
        names.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verb_is_read_in_any_case_and_nothing_else_is_one() {
        assert_eq!(Verb::from_name("patch"), Some(Verb::Patch));
        assert_eq!(Verb::from_name("PURGE"), None);
        assert_eq!(Verb::from_method(&Method::HEAD), Some(Verb::Get));
        assert_eq!(Verb::from_method(&Method::OPTIONS), None);
    }
}
