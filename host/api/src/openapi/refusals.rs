//! Which refusals an endpoint has, and what they look like.

use serde_json::{Value, json};
use utoipa::openapi::schema::AnyOfBuilder;
use utoipa::openapi::{AllOfBuilder, Content, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder};

use super::description::{Description, Revision};
use super::listed::{Door, Listed, Part};
use crate::table::Verb;

/// A status that tells of a refusal: its name among the components, when it is told, and `/v2`'s word for it.
struct Refusal {
    status: u16,
    name: &'static str,
    when: &'static str,
    word: &'static str,
}

const fn refusal(status: u16, name: &'static str, word: &'static str, when: &'static str) -> Refusal {
    Refusal { status, name, when, word }
}

const REFUSALS: [Refusal; 17] = [
    refusal(304, "NotModified", "", "The client has this revision: `If-None-Match` names it."),
    refusal(400, "BadRequest", "validation error", "The request breaks a rule; the answer names each of them."),
    refusal(401, "Unauthorized", "invalid_credentials", "There is no token, or it is not valid."),
    refusal(403, "Forbidden", "forbidden", "The token does not reach that far, or is restricted from it."),
    refusal(404, "NotFound", "bad_identifier", "There is no such object, or a page of a list cannot be read so."),
    refusal(405, "MethodNotAllowed", "method_not_allowed", "The path does not answer the method that `verb` names."),
    refusal(408, "RequestTimeout", "request_timeout", "The body did not arrive in time."),
    refusal(409, "Conflict", "datastore_conflict", "It exists already, or was changed meanwhile."),
    refusal(
        412,
        "PreconditionFailed",
        "precondition_failed",
        "The object is not at the revision that `If-Match` names.",
    ),
    refusal(413, "PayloadTooLarge", "request_entity_too_large", "The body has more bytes than the host takes."),
    refusal(
        415,
        "UnsupportedMediaType",
        "unsupported_media_type",
        "The body is of a type that the endpoint does not read.",
    ),
    refusal(
        416,
        "RangeNotSatisfiable",
        "range not satisfiable",
        "The list is too long for one answer; read it page by page.",
    ),
    refusal(422, "Unprocessable", "unprocessable", "The request is understood and cannot be followed."),
    refusal(429, "TooManyRequests", "too_many_requests", "The caller asks more often than its limit allows."),
    refusal(500, "InternalError", "internal_error", "The host has a fault."),
    refusal(501, "NotImplemented", "not_implemented", "It is documented and not built."),
    refusal(503, "Unavailable", "unavailable", "The host cannot answer at the moment."),
];

/// Statuses of refusals, in order.
pub(super) fn statuses(listed: Listed, description: &Description) -> Vec<u16> {
    let mut statuses = description.refuses.clone();
    if listed.part != Part::Beside {
        // Every body is read, whatever the method.
        statuses.extend([400, 408, 413, 429, 503]);
    }
    if listed.door != Door::Open || listed.path.ends_with("_auth") {
        statuses.push(401);
    }
    if listed.door == Door::Restricted {
        statuses.push(403);
    }
    if listed.parameters().next().is_some() {
        statuses.push(404);
    }
    if listed.part == Part::V2 && listed.verb == Verb::Post {
        statuses.push(405);
    }
    if description.revision == Revision::Asked {
        statuses.push(412);
        statuses.extend((listed.verb == Verb::Get).then_some(304));
    }
    statuses.sort_unstable();
    statuses.dedup();
    statuses
}

/// The reference to a refusal's component.
pub(super) fn reference(part: Part, status: u16) -> RefOr<Response> {
    let name = REFUSALS.iter().find(|refusal| refusal.status == status).map_or("BadRequest", |refusal| refusal.name);
    Ref::from_response_name(component(part, name)).into()
}

fn component(part: Part, name: &str) -> String {
    match part {
        Part::V1 => format!("V1{name}"),
        Part::V2 | Part::Beside => name.to_owned(),
    }
}

/// Every refusal as a component.
pub(super) fn components() -> Vec<(String, Response)> {
    let of_part = |part| REFUSALS.iter().map(move |refusal| (component(part, refusal.name), response(part, refusal)));
    of_part(Part::V2).chain(of_part(Part::V1)).collect()
}

fn response(part: Part, refusal: &Refusal) -> Response {
    let mut response = ResponseBuilder::new().description(refusal.when);
    for header in headers(part, refusal.status) {
        response = response.header_ref(*header, Ref::new(format!("#/components/headers/{header}")));
    }
    if refusal.status == 304 {
        return response.build();
    }
    let (schema, example) = match part {
        Part::V1 => (Ref::from_schema_name("V1Failure").into(), json!({"msg": refusal.when})),
        Part::V2 | Part::Beside => (failure(refusal.status), example(refusal)),
    };
    let mut content = Content::new(Some(schema));
    content.example = Some(example);
    response.content("application/json", content).build()
}

fn failure(status: u16) -> RefOr<utoipa::openapi::Schema> {
    let failure = Ref::from_schema_name("Failure");
    if status != 400 {
        return failure.into();
    }
    let data =
        AnyOfBuilder::new().item(Ref::from_schema_name("Violations")).item(Ref::from_schema_name("RefusedCollection"));
    let data = ObjectBuilder::new().property("data", data);
    AllOfBuilder::new().item(failure).item(data).into()
}

fn example(refusal: &Refusal) -> Value {
    let data = match refusal.status {
        400 => json!({"name": {"required": {"message": "Field is required but missing"}}}),
        404 => json!({"message": "bad identifier", "cause": "b1946ac92492d2347c6235b4d2611184"}),
        _ => json!({"message": refusal.when}),
    };
    json!({
        "data": data,
        "error": refusal.status.to_string(),
        "message": refusal.word,
        "request_id": "0f8fad5bd9cb469fa16570867728950e",
        "status": "error",
    })
}

fn headers(part: Part, status: u16) -> &'static [&'static str] {
    match (part, status) {
        (_, 304) => &["ETag", "X-Request-ID"],
        (_, 401) => &["WWW-Authenticate", "X-Request-ID"],
        (_, 429) => &["Retry-After", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "X-Request-ID"],
        (_, 503) => &["Retry-After", "X-Request-ID"],
        (_, 405) => &["Allow", "X-Request-ID"],
        _ => &["X-Request-ID"],
    }
}
