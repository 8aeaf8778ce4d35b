//! `application/x-www-form-urlencoded` bodies as JSON: `call_hook[url]=…` becomes a nested object.

use serde_json::{Map, Value};

/// Deeper brackets than any documented body has; what lies deeper is refused.
const DEEPEST: usize = 5;

/// A form that cannot be read as a JSON object.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("form field '{0}' cannot be read")]
pub(crate) struct FormError(String);

/// The form's fields, all of them text. A name given twice becomes a list.
pub(crate) fn parse(body: &[u8]) -> Result<Map<String, Value>, FormError> {
    let mut fields = Map::new();
    for (name, value) in form_urlencoded::parse(body) {
        let path = path(&name).ok_or_else(|| FormError(name.chars().take(64).collect()))?;
        insert(&mut fields, &path, value.into_owned()).ok_or_else(|| FormError(name.chars().take(64).collect()))?;
    }
    Ok(fields)
}

/// `a[b][c]` as `a`, `b`, `c`.
fn path(name: &str) -> Option<Vec<&str>> {
    let Some((first, rest)) = name.split_once('[') else { return Some(vec![name]) };
    let inner = rest.strip_suffix(']')?;
    let path: Vec<&str> = std::iter::once(first).chain(inner.split("][")).collect();
    let readable = path.len() <= DEEPEST && path.iter().all(|part| !part.is_empty() && !part.contains(['[', ']']));
    readable.then_some(path)
}

fn insert(fields: &mut Map<String, Value>, path: &[&str], value: String) -> Option<()> {
    match path {
        [] => None,
        [last] => {
            let merged = match fields.remove(*last) {
                None => Value::String(value),
                Some(Value::Array(mut list)) => {
                    list.push(Value::String(value));
                    Value::Array(list)
                }
                Some(Value::Object(_)) => return None,
                Some(first) => Value::Array(vec![first, Value::String(value)]),
            };
            fields.insert((*last).to_owned(), merged);
            Some(())
        }
        [first, rest @ ..] => {
            let child = fields.entry(*first).or_insert_with(|| Value::Object(Map::new()));
            insert(child.as_object_mut()?, rest, value)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parsed(text: &str) -> Value {
        Value::Object(parse(text.as_bytes()).unwrap())
    }

    #[test]
    fn brackets_nest_and_repeats_list() {
        assert_eq!(
            parsed("name=my+app&call_hook[url]=http%3A%2F%2Fa%2Fb&call_hook[method]=POST"),
            json!({"name": "my app", "call_hook": {"url": "http://a/b", "method": "POST"}})
        );
        assert_eq!(parsed("a=1&a=2&a=3"), json!({"a": ["1", "2", "3"]}));
        assert_eq!(parsed(""), json!({}));
    }

    #[test]
    fn what_cannot_nest_is_refused() {
        for text in ["a[=1", "a[]=1", "a[b]c=1", "a=1&a[b]=2", "a[b]=1&a=2", "a[b][c][d][e][f]=1"] {
            assert!(parse(text.as_bytes()).is_err(), "{text}");
        }
    }
}
