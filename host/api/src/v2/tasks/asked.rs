//! What a request asks a task to do.

use strowger_jobs::tasks::{Action, CATEGORY, Mode, Request as Asked};
use strowger_model::Violation;

use super::super::error::Error;
use super::super::request::Request;

/// Characters of a file's name.
const LONGEST_NAME: usize = 255;

pub(super) fn read(request: &Request) -> Result<Asked, Error> {
    let category = required(request, "category")?;
    if category != CATEGORY {
        return Err(Error::BadIdentifier(category.chars().take(64).collect()));
    }
    let action = action(&required(request, "action")?)?;
    let auth_account_id = request.caller.account().map(|account| account.hex());
    Ok(Asked { action, mode: mode(request, action)?, file_name: file_name(request)?, auth_account_id })
}

pub(super) fn action(name: &str) -> Result<Action, Error> {
    let found = Action::ALL.into_iter().find(|action| action.name() == name);
    found.ok_or_else(|| Error::BadIdentifier(name.chars().take(64).collect()))
}

fn required(request: &Request, name: &str) -> Result<String, Error> {
    request.parameter(name).ok_or_else(|| Violation::new(name, "required", "Field is required but missing").into())
}

fn mode(request: &Request, action: Action) -> Result<Mode, Error> {
    let Some(name) = request.parameter("mode") else { return Ok(Mode::default()) };
    if action != Action::Import {
        return Err(Violation::new("mode", "forbidden", "Only an import has a mode").value(name).into());
    }
    let names = Mode::ALL.map(Mode::name);
    let found = Mode::ALL.into_iter().find(|mode| mode.name() == name);
    found.ok_or_else(|| {
        let enumerated = "Value not found in enumerated list of values";
        Violation::new("mode", "enum", enumerated).target(names.to_vec()).value(name).into()
    })
}

fn file_name(request: &Request) -> Result<Option<String>, Error> {
    let Some(name) = request.parameter("file_name") else { return Ok(None) };
    let broken = |constraint, message: String| Err(Violation::new("file_name", constraint, message).into());
    if name.chars().count() > LONGEST_NAME {
        return broken("maxLength", format!("String must not be more than {LONGEST_NAME} characters"));
    }
    if name.chars().any(char::is_control) {
        return broken("wrong_format", "A name has no control characters".into());
    }
    Ok(Some(name))
}
