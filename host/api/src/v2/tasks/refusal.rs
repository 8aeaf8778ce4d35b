//! How a request about a task fails, in the documented shape.

use http::StatusCode;
use serde_json::{Map, Value, json};
use strowger_jobs::table::{FileError, HeaderError};
use strowger_jobs::tasks::TaskError;

use super::super::error::Error;
use crate::transport::body::BodyError;

/// What is wrong with a file, or with where a task stands.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TaskRefusal {
    #[error(transparent)]
    Header(HeaderError),
    #[error("{0}")]
    Format(String),
    #[error("{0}")]
    State(String),
}

impl TaskRefusal {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Header(_) | Self::Format(_) => StatusCode::BAD_REQUEST,
            Self::State(_) => StatusCode::CONFLICT,
        }
    }

    pub(crate) fn message(&self) -> &'static str {
        match self {
            Self::Header(_) | Self::Format(_) => "validation error",
            Self::State(_) => "conflict",
        }
    }

    pub(crate) fn data(&self) -> Value {
        match self {
            Self::Header(header) if header.is_empty => format("The file has no header"),
            Self::Header(header) => json!({"attachment": {"type": attachment(header)}}),
            Self::Format(message) => format(message),
            Self::State(message) => json!({"message": message}),
        }
    }
}

fn format(message: &str) -> Value {
    json!({"csv": {"format": {"message": message}}})
}

fn attachment(header: &HeaderError) -> Map<String, Value> {
    let told = [
        ("unknown_fields", json!(header.unknown)),
        ("missing_mandatory_fields", json!(header.missing)),
        ("repeated_fields", json!(header.repeated)),
    ];
    let told = told.into_iter().filter(|(_, fields)| fields.as_array().is_some_and(|fields| !fields.is_empty()));
    let mut attachment: Map<String, Value> = told.map(|(what, fields)| (what.to_owned(), fields)).collect();
    attachment.insert("message".into(), json!("The columns are not those of selector rows"));
    attachment
}

impl From<TaskError> for Error {
    fn from(error: TaskError) -> Self {
        match error {
            TaskError::File(FileError::Header(header)) => TaskRefusal::Header(header).into(),
            TaskError::File(FileError::Format(error)) => TaskRefusal::Format(error.to_string()).into(),
            TaskError::NoRows => TaskRefusal::Format(error.to_string()).into(),
            TaskError::Status(_) | TaskError::Publishing | TaskError::TooMany(_) => {
                TaskRefusal::State(error.to_string()).into()
            }
            TaskError::TooLarge(most) => BodyError::TooLarge(usize::try_from(most).unwrap_or(usize::MAX)).into(),
            TaskError::Store(error) => error.into(),
            TaskError::Unknown => Self::NotFound,
            TaskError::Interrupted | TaskError::Rows(_) | TaskError::Blob(_) => {
                tracing::warn!(%error, "a task cannot be reached");
                Self::Unavailable("the task cannot be reached now".into())
            }
        }
    }
}
