//! What tasks there can be.

use serde_json::{Map, Value, json};
use strowger_jobs::table::Column;
use strowger_jobs::tasks::{Action, CATEGORY, Mode};

use super::super::error::Error;
use super::super::reply::Reply;
use super::super::request::Request;
use super::asked;

/// The actions that a request asks about.
pub(super) fn describe(request: &Request) -> Result<Reply, Error> {
    if let Some(category) = request.parameter("category").filter(|category| category != CATEGORY) {
        return Err(Error::BadIdentifier(category.chars().take(64).collect()));
    }
    let action = request.parameter("action").map(|name| asked::action(&name)).transpose()?;
    let wanted = Action::ALL.into_iter().filter(|known| action.is_none_or(|action| action == *known));
    let actions: Map<String, Value> = wanted.map(|action| (action.name().to_owned(), described(action))).collect();
    Ok(Reply::ok(json!({"tasks": {CATEGORY: actions}})))
}

fn described(action: Action) -> Value {
    let names = |columns: &[Column]| columns.iter().map(|column| column.name()).collect::<Vec<_>>();
    let optional: Vec<&str> = action
        .columns()
        .iter()
        .filter(|column| !Column::MANDATORY.contains(column))
        .map(|column| column.name())
        .collect();
    let (expected_content, mandatory) = ("text/csv", names(&Column::MANDATORY));
    match action {
        Action::Import => json!({
            "expected_content": expected_content,
            "mandatory": mandatory,
            "optional": optional,
            "description": "Saves selector rows; one that is there already is written over",
            "modes": Mode::ALL.map(Mode::name),
        }),
        Action::Delete => json!({
            "expected_content": expected_content,
            "mandatory": mandatory,
            "optional": optional,
            "description": "Removes selector rows, whatever their times",
        }),
    }
}
