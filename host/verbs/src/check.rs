//! Properties against their shape.

use serde_json::{Map, Value};

use crate::catalogue::{CATALOGUE, Kind, Shape, Type};
use crate::malformed::Malformed;

/// What authors keep for themselves, wherever the shape does not say what it is.
pub(crate) const FREE: &str = "_";

/// Checks each property in the order given, then that none is missing.
pub(crate) fn check(of: &'static str, shape: &'static Shape, properties: &Map<String, Value>) -> Result<(), Malformed> {
    for (name, value) in properties {
        match shape.properties.get_key_value(name.as_str()) {
            Some((property, kind)) => Place { of, property }.check(kind, value)?,
            None if name == FREE => {}
            None => return Err(Malformed::unknown_property(of, name)),
        }
    }
    let missing: Vec<&str> =
        shape.required.iter().map(String::as_str).filter(|name| !properties.contains_key(*name)).collect();
    if missing.is_empty() { Ok(()) } else { Err(Malformed::Missing { of, properties: missing.join(",") }) }
}

/// Where a value is.
struct Place {
    of: &'static str,
    property: &'static str,
}

impl Place {
    fn check(&self, kind: &'static Kind, value: &Value) -> Result<(), Malformed> {
        match kind {
            Kind::One(Type::List) if !value.is_array() => Err(self.no_list()),
            Kind::One(kind) if !admits(*kind, value) => Err(self.wrong_type()),
            Kind::AnyOf(kinds) if !kinds.iter().any(|kind| admits(*kind, value)) => Err(self.wrong_types(kinds)),
            Kind::Words(words) if !value.as_str().is_some_and(|value| words.iter().any(|word| word == value)) => {
                Err(Malformed::value(value, words))
            }
            Kind::Part(part) => self.part(part, value),
            Kind::ListOf(part) => {
                let items = value.as_array().ok_or_else(|| self.no_list())?;
                items.iter().try_for_each(|item| self.part(part, item))
            }
            Kind::One(_) | Kind::AnyOf(_) | Kind::Words(_) => Ok(()),
        }
    }

    /// `null` is a part without properties.
    fn part(&self, name: &str, value: &Value) -> Result<(), Malformed> {
        let Some((name, shape)) = CATALOGUE.part(name) else { return Ok(()) };
        match value {
            Value::Object(properties) => check(name, shape, properties),
            Value::Null => check(name, shape, &Map::new()),
            _ => Err(self.wrong_type()),
        }
    }

    fn no_list(&self) -> Malformed {
        Malformed::NotAList { of: self.of, property: self.property }
    }

    fn wrong_type(&self) -> Malformed {
        Malformed::Type { of: self.of, property: self.property }
    }

    fn wrong_types(&self, kinds: &[Type]) -> Malformed {
        let types: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
        Malformed::Types { of: self.of, property: self.property, types: types.join(",") }
    }
}

fn admits(kind: Type, value: &Value) -> bool {
    match kind {
        Type::Text => value.is_string(),
        Type::Number => value.is_number(),
        Type::Boolean => value.is_boolean(),
        Type::Object => matches!(value, Value::Object(_) | Value::Array(_) | Value::Null),
        Type::List => value.is_array(),
    }
}
