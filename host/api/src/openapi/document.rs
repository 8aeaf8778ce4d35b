//! The document as a whole.

use serde_json::{Map, Value};
use utoipa::openapi::path::{HttpMethod, Paths};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{Components, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder};

use super::catalogue::{self, Subject};
use super::description::{Shape, describe};
use super::listed::{self, Part};
use super::{operation, refusals, schemas};
use crate::table::Verb;

const ABOUT: &str = include_str!("about.md");
const PARAMETERS: &str = include_str!("schemas/parameters.json");
const HEADERS: &str = include_str!("schemas/headers.json");

/// The OpenAPI document, version 3.1.
#[must_use]
pub fn document() -> Value {
    let subjects = catalogue::subjects();
    let tags =
        subjects.iter().map(|subject| TagBuilder::new().name(subject.name).description(Some(subject.about)).build());
    let license = LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build();
    let info = InfoBuilder::new()
        .title("Strowger")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT))
        .license(Some(license))
        .build();
    let openapi = OpenApiBuilder::new()
        .info(info)
        .tags(Some(tags))
        .paths(paths(&subjects))
        .components(Some(components()))
        .build();
    with_schemas(&openapi)
}

fn paths(subjects: &[Subject]) -> Paths {
    let mut paths = Paths::new();
    let endpoints = listed::endpoints();
    for endpoint in &endpoints {
        let Some((subject, description)) = catalogue::find(subjects, *endpoint) else { continue };
        let operation = operation::operation(*endpoint, subject.name, description, &endpoint.verbs_beside(&endpoints));
        paths.add_path_operation(endpoint.shown(), vec![method(endpoint.verb)], operation);
    }
    paths
}

fn method(verb: Verb) -> HttpMethod {
    match verb {
        Verb::Get => HttpMethod::Get,
        Verb::Put => HttpMethod::Put,
        Verb::Post => HttpMethod::Post,
        Verb::Patch => HttpMethod::Patch,
        Verb::Delete => HttpMethod::Delete,
    }
}

fn components() -> Components {
    let mut components = Components::new();
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An API key, or a token that one was traded for."));
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer.build()));
    let token = ApiKeyValue::with_description("X-Auth-Token", "The same, in a header of its own.");
    components.add_security_scheme("token", SecurityScheme::ApiKey(ApiKey::Header(token)));
    components.responses.extend(refusals::components().into_iter().map(|(name, response)| (name, response.into())));
    components
}

/// Schemas are put in as they are: they say more than the types of the document's library.
fn with_schemas(openapi: &OpenApi) -> Value {
    let mut document = serde_json::to_value(openapi).unwrap_or_default();
    if let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) {
        components.insert("schemas".into(), Value::Object(schemas::components().clone()));
        components.insert("parameters".into(), embedded(PARAMETERS));
        components.insert("headers".into(), embedded(HEADERS));
    }
    document
}

fn embedded(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::Object(Map::new()))
}

/// What lies beside both APIs.
pub(super) fn beside() -> Subject {
    let text = |path, noun, summary, about, media_type, schema| {
        describe(Verb::Get, path, "read", noun).says(summary, about).answers(
            200,
            Shape::Text(media_type, schema),
            "Done.",
        )
    };
    let health = text("/health", "health", "Tells that the host answers", "It says `OK`.", "text/plain", "Health");
    let about = "The text format of Prometheus. It names no account and no number.";
    let metrics = text("/metrics", "metrics", "Reads the host's metrics", about, "text/plain", "Metrics");
    let about = "It is made from the code that answers, and changes with the version of the host only.";
    let openapi = describe(Verb::Get, "/openapi.json", "read", "description").says("Reads this document", about);
    let openapi =
        openapi.query(&["If-None-Match"]).answers(200, Shape::One("Description"), "This document.").refuses(&[304]);
    Subject {
        part: Part::Beside,
        name: "host",
        about: "What monitoring asks of a host.",
        descriptions: vec![health, metrics, openapi],
    }
}
