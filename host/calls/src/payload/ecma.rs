//! JSON exactly as ECMAScript's `JSON.stringify(JSON.parse(…))` writes it. Application servers verify a signature over what they
//! have parsed and written anew, so that any other spelling of the same document would look forged to them.

use std::io;

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use serde_json::{Map, Value};

/// The document as text; objects whose keys ECMAScript puts first have them first.
pub(super) fn to_string(fields: Map<String, Value>) -> String {
    let mut text = Vec::with_capacity(1 << 10);
    let written = Value::Object(ordered(fields)).serialize(&mut Serializer::with_formatter(&mut text, Ecma));
    // Neither writing into memory nor a document with text as keys can fail.
    written.ok().and_then(|()| String::from_utf8(text).ok()).unwrap_or_default()
}

/// Array indices come first, ascending (ECMA-262, section 10.1.11.1).
fn ordered(fields: Map<String, Value>) -> Map<String, Value> {
    let (mut indices, mut others) = (Vec::new(), Map::with_capacity(fields.len()));
    for (name, value) in fields {
        let value = ordered_value(value);
        match index(&name) {
            Some(index) => indices.push((index, name, value)),
            None => drop(others.insert(name, value)),
        }
    }
    if indices.is_empty() {
        return others;
    }
    indices.sort_by_key(|(index, ..)| *index);
    indices.into_iter().map(|(_, name, value)| (name, value)).chain(others).collect()
}

fn ordered_value(value: Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(ordered(fields)),
        Value::Array(items) => Value::Array(items.into_iter().map(ordered_value).collect()),
        scalar => scalar,
    }
}

/// The array index that a key spells (ECMA-262, section 6.1.7).
fn index(name: &str) -> Option<u32> {
    let is_canonical = name == "0" || !name.starts_with(['0', '+']);
    name.parse().ok().filter(|index| is_canonical && *index < u32::MAX)
}

/// Every number is a double.
struct Ecma;

impl Ecma {
    fn number<W: ?Sized + io::Write>(writer: &mut W, number: f64) -> io::Result<()> {
        writer.write_all(ryu_js::Buffer::new().format(number).as_bytes())
    }
}

impl Formatter for Ecma {
    #[expect(clippy::cast_precision_loss, reason = "as in ECMAScript")]
    fn write_i64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: i64) -> io::Result<()> {
        Self::number(writer, value as f64)
    }

    #[expect(clippy::cast_precision_loss, reason = "as in ECMAScript")]
    fn write_u64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: u64) -> io::Result<()> {
        Self::number(writer, value as f64)
    }

    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        Self::number(writer, value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(json: &str) -> String {
        match serde_json::from_str(json).unwrap() {
            Value::Object(fields) => to_string(fields),
            other => panic!("{other}"),
        }
    }

    /// Each pair as `JSON.stringify(JSON.parse(…))` of Node.js has it.
    #[test]
    fn numbers_keys_and_text_are_spelled_as_a_script_would() {
        for (given, expected) in [
            (r#"{"a":1.0,"b":-0.0,"c":1e2,"d":0.1}"#, r#"{"a":1,"b":0,"c":100,"d":0.1}"#),
            (r#"{"a":1e21,"b":1e-7,"c":123456789012345680000}"#, r#"{"a":1e+21,"b":1e-7,"c":123456789012345680000}"#),
            (r#"{"a":9007199254740993,"b":-9007199254740993}"#, r#"{"a":9007199254740992,"b":-9007199254740992}"#),
            (r#"{"b":1,"10":2,"9":{"x":0,"1":1},"01":3}"#, r#"{"9":{"1":1,"x":0},"10":2,"b":1,"01":3}"#),
            (r#"{"a":["é\u2028\u0007\n\/",null,true,{}]}"#, "{\"a\":[\"é\u{2028}\\u0007\\n/\",null,true,{}]}"),
        ] {
            assert_eq!(written(given), expected);
        }
    }
}
