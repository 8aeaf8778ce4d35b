//! Examples of bodies: those of the schemas, put into what lies around them.

use serde_json::{Value, json};

use super::description::Shape;
use super::schemas;

/// The example of a schema among the components.
pub(super) fn of(name: &str) -> Option<Value> {
    schemas::components().get(name)?.get("examples")?.get(0).cloned()
}

/// The example of a body with nothing around it.
pub(super) fn of_shape(shape: Shape) -> Option<Value> {
    let example = of(shape.schema()?)?;
    match shape {
        Shape::List(_) | Shape::Page(_) => Some(json!([example])),
        _ => Some(example),
    }
}

/// The example of an answer of `/v2`.
pub(super) fn answered(shape: Shape) -> Option<Value> {
    let mut answer = of("Success")?;
    answer.as_object_mut()?.insert("data".into(), of_shape(shape)?);
    if matches!(shape, Shape::Page(_)) {
        answer.as_object_mut()?.insert("page_size".into(), json!(1));
    }
    Some(answer)
}
