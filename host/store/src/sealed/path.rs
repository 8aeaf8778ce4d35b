//! The secret values of a body, and where they lie.

use std::fmt;

use serde_json::Value;

use super::fields::Fields;

/// Where a value lies in a body; shown as a JSON pointer (RFC 6901).
#[derive(Debug, Clone, Copy)]
pub(super) struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    step: Step<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    Field(&'a str),
    Item(usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match self.step {
            Step::Field(name) => write!(f, "/{}", name.replace('~', "~0").replace('/', "~1")),
            Step::Item(index) => write!(f, "/{index}"),
        }
    }
}

/// Shows `act` every secret value. A value that is secret as a whole is not looked into. One that is null tells nothing and is left.
pub(super) fn each<E>(
    fields: Fields,
    body: &mut Value,
    act: &mut impl FnMut(&Path<'_>, &mut Value) -> Result<(), E>,
) -> Result<(), E> {
    walk(fields, body, None, act)
}

fn walk<E>(
    fields: Fields,
    value: &mut Value,
    parent: Option<&Path<'_>>,
    act: &mut impl FnMut(&Path<'_>, &mut Value) -> Result<(), E>,
) -> Result<(), E> {
    match value {
        Value::Object(object) => {
            for (name, value) in object.iter_mut().filter(|(_, value)| !value.is_null()) {
                let path = Path { parent, step: Step::Field(name) };
                if fields.holds(name) { act(&path, value) } else { walk(fields, value, Some(&path), act) }?;
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter_mut().enumerate() {
                walk(fields, value, Some(&Path { parent, step: Step::Item(index) }), act)?;
            }
        }
        _ => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use serde_json::json;
    use strowger_model::Owner;

    use super::*;
    use crate::{Key, Kind};

    fn paths(kind: Kind, id: &str, mut body: Value) -> Vec<String> {
        let mut paths = Vec::new();
        let fields = Fields::of(&Key::new(Owner::System, kind, id)).unwrap();
        let mut see = |path: &Path<'_>, _: &mut Value| {
            paths.push(path.to_string());
            Ok::<_, Infallible>(())
        };
        each(fields, &mut body, &mut see).unwrap();
        paths
    }

    #[test]
    fn the_secrets_of_a_resource_are_found() {
        let body = json!({"name": "a", "gateways": [
            {"server": "b", "password": "c"},
            {"username": "d", "password": null, "custom_sip_headers": {"X-Token": "e", "password": "f"}},
        ]});
        assert_eq!(paths(Kind::Resource, "r", body), ["/gateways/0/password", "/gateways/1/custom_sip_headers"]);
    }

    #[test]
    fn the_secrets_of_an_application_are_found() {
        let hook = json!({"url": "http://a", "username": "b", "password": "c"});
        let body = json!({"call_hook": hook, "messaging_hook": null, "call_status_hook": hook, "env_vars": {"K": 1}});
        assert_eq!(
            paths(Kind::Application, "a", body),
            ["/call_hook/password", "/call_status_hook/password", "/env_vars"]
        );
    }

    #[test]
    fn the_secrets_of_an_account_are_found() {
        let body = json!({"webhook_secret": "a", "bucket_credential": {"vendor": "azure"}, "subspace_client_secret": null,
            "subspace_client_id": "b"});
        assert_eq!(paths(Kind::Account, "a", body), ["/webhook_secret", "/bucket_credential"]);
    }

    #[test]
    fn a_pointer_tells_names_apart() {
        let body = json!({"a/b": {"x~password": 1}});
        assert_eq!(paths(Kind::Setting, "s", body), ["/a~1b/x~0password"]);
    }
}
