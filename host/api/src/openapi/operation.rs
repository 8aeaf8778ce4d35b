//! An endpoint as an operation of the document.

use serde_json::{Value, json};
use utoipa::openapi::path::{Operation, OperationBuilder, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::schema::AnyOfBuilder;
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{
    AllOfBuilder, ArrayBuilder, Content, Deprecated, ObjectBuilder, Ref, RefOr, Required, Response, ResponseBuilder,
    Schema, Type,
};

use super::description::{Answer, Description, Revision, Shape};
use super::listed::{Door, Listed, Part};
use super::{examples, refusals};
use crate::table::Verb;

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// The operation of an endpoint. `beside` are the verbs that its path answers.
pub(super) fn operation(listed: Listed, tag: &str, description: &Description, beside: &[Verb]) -> Operation {
    let mut operation = OperationBuilder::new()
        .tag(tag)
        .operation_id(Some(id(listed, description)))
        .summary(Some(description.summary))
        .description(Some(about(listed, description)))
        .deprecated(listed.deprecated.then_some(Deprecated::True))
        .request_body(request_body(listed, description));
    for name in parameters(listed, description) {
        operation = operation.parameter_ref(Ref::new(format!("#/components/parameters/{name}")));
    }
    if let Some(verb) = tunnel(listed, beside) {
        operation = operation.parameter(verb);
    }
    if listed.door != Door::Open {
        let none: [&str; 0] = [];
        operation = operation
            .security(SecurityRequirement::new("bearer", none))
            .security(SecurityRequirement::new("token", none));
    }
    for answers in description.answers.chunk_by(|one, next| one.status == next.status) {
        let status = answers.first().map_or(200, |answer| answer.status);
        operation = operation.response(status.to_string(), response(listed, description, status, answers));
    }
    for status in refusals::statuses(listed, description) {
        operation = operation.response(status.to_string(), refusals::reference(listed.part, status));
    }
    operation.build()
}

pub(super) fn id(listed: Listed, description: &Description) -> String {
    let Description { action, noun, .. } = description;
    let alias =
        if listed.deprecated { listed.path.split('/').find_map(|word| word.strip_suffix("_resources")) } else { None };
    match (listed.part, alias) {
        (Part::V1, _) => format!("v1_{action}_{noun}"),
        (Part::V2, Some(alias)) if listed.is_of_account() => format!("{action}_account_{alias}_{noun}"),
        (Part::V2, Some(alias)) => format!("{action}_{alias}_{noun}"),
        (Part::V2, None) if listed.is_of_account() => format!("{action}_account_{noun}"),
        _ => format!("{action}_{noun}"),
    }
}

/// What there is to know, and whose documents the path means.
fn about(listed: Listed, description: &Description) -> String {
    let is_installations = listed.path.contains("/global_resources");
    let scope = match (listed.part, listed.is_of_account()) {
        (Part::V2, true) if !is_installations => "Of the account that the path names.",
        (Part::V2, true) => "Of the installation, whatever the path says.",
        _ => "",
    };
    let texts = [description.about, scope];
    texts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n\n")
}

fn parameters(listed: Listed, description: &Description) -> Vec<&'static str> {
    let mut names: Vec<&str> = listed.parameters().collect();
    names.extend(&description.query);
    if listed.part == Part::V2 {
        names.push("pretty_print");
    }
    if description.revision == Revision::Asked {
        names.push("If-Match");
        names.extend((listed.verb == Verb::Get).then_some("If-None-Match"));
    }
    names
}

/// `POST` stands for the other verbs of its path.
fn tunnel(listed: Listed, beside: &[Verb]) -> Option<Parameter> {
    if listed.part != Part::V2 || listed.verb != Verb::Post || beside.len() < 2 {
        return None;
    }
    let names = beside.iter().map(|verb| verb.name().to_lowercase());
    let schema = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names));
    let about = "Has the request done as this method, for clients that can send `POST` only. The envelope's `verb` says the same.";
    Some(
        ParameterBuilder::new()
            .name("verb")
            .parameter_in(ParameterIn::Query)
            .required(Required::False)
            .description(Some(about))
            .schema(Some(schema))
            .build(),
    )
}

fn request_body(listed: Listed, description: &Description) -> Option<RequestBody> {
    if description.takes.is_empty() {
        return None;
    }
    let required = if description.body_is_optional { Required::False } else { Required::True };
    let mut body = RequestBodyBuilder::new().required(Some(required));
    for shape in &description.takes {
        let (media_type, schema, example) = match (*shape, listed.part) {
            (Shape::Text(media_type, name), _) => (media_type, Ref::from_schema_name(name).into(), examples::of(name)),
            (shape, Part::V2) => (JSON, enveloped(&["data"], shape), Some(json!({"data": examples::of_shape(shape)}))),
            (shape, _) => (JSON, plain(shape), examples::of_shape(shape)),
        };
        body = body.content(media_type, content(Some(schema.clone()), example));
        if listed.part == Part::V1 {
            body = body.content(FORM, content(Some(schema), None));
        }
    }
    Some(body.build())
}

/// An answer of one status, which may have bodies of several types.
fn response(listed: Listed, description: &Description, status: u16, answers: &[Answer]) -> Response {
    let means: Vec<&str> = answers.iter().map(|answer| answer.means).collect();
    let mut response = ResponseBuilder::new().description(means.join(" "));
    for header in headers(listed, description, status) {
        response = response.header_ref(header, Ref::new(format!("#/components/headers/{header}")));
    }
    let bodies = answers.iter().filter_map(|answer| body(listed, answer.shape));
    for (media_type, schema, example) in merged(bodies) {
        response = response.content(media_type, content(Some(schema), example));
    }
    response.build()
}

type Body = (&'static str, RefOr<Schema>, Option<Value>);

/// The body of an answer, and its media type.
fn body(listed: Listed, shape: Shape) -> Option<Body> {
    match (shape, listed.part) {
        (Shape::Nothing, _) => None,
        (Shape::Text(media_type, name), _) => {
            Some((media_type, Ref::from_schema_name(name).into(), examples::of(name)))
        }
        (shape, Part::V2) => Some((JSON, successful(shape), examples::answered(shape))),
        (shape, _) => Some((JSON, plain(shape), examples::of_shape(shape))),
    }
}

/// Bodies of one media type as one, which is any of them.
fn merged(bodies: impl Iterator<Item = Body>) -> Vec<Body> {
    let mut merged: Vec<Body> = Vec::new();
    for (media_type, schema, example) in bodies {
        match merged.iter_mut().find(|(known, ..)| *known == media_type) {
            None => merged.push((media_type, schema, example)),
            Some((_, known, _)) => *known = AnyOfBuilder::new().item(known.clone()).item(schema).into(),
        }
    }
    merged
}

fn headers(listed: Listed, description: &Description, status: u16) -> Vec<&'static str> {
    let mut headers = vec!["X-Request-ID"];
    if listed.door != Door::Open {
        headers.extend(["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"]);
    }
    headers.extend((description.revision != Revision::None).then_some("ETag"));
    headers.extend((description.has_location && matches!(status, 201 | 202)).then_some("Location"));
    headers.extend(listed.deprecated.then_some("Deprecation"));
    headers
}

fn content(schema: Option<RefOr<Schema>>, example: Option<Value>) -> Content {
    let mut content = Content::new(schema);
    content.example = example;
    content
}

/// The schema without anything around it.
fn plain(shape: Shape) -> RefOr<Schema> {
    match shape {
        Shape::List(name) | Shape::Page(name) => ArrayBuilder::new().items(Ref::from_schema_name(name)).into(),
        Shape::Nothing => ObjectBuilder::new().into(),
        Shape::One(name) | Shape::Text(_, name) => Ref::from_schema_name(name).into(),
    }
}

/// An object with the schema in its `data`.
fn enveloped(required: &[&str], shape: Shape) -> RefOr<Schema> {
    let envelope = ObjectBuilder::new().property("data", plain(shape));
    required.iter().fold(envelope, |envelope, name| envelope.required(*name)).into()
}

fn successful(shape: Shape) -> RefOr<Schema> {
    let around = if matches!(shape, Shape::Page(_)) { "SuccessPage" } else { "Success" };
    AllOfBuilder::new().item(Ref::from_schema_name(around)).item(enveloped(&[], shape)).into()
}
