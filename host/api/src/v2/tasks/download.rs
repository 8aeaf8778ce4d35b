//! Files of a task.

use axum::body::Body;
use strowger_jobs::tasks::{FileName, Task};

use super::super::error::Error;
use super::super::reply::{File, Reply};
use super::super::request::Request;

const CSV: &str = "text/csv";

/// The file that a request asks for, by name or by type; of that type the one that tells what failed is the first.
pub(super) fn wanted(request: &Request, task: &Task) -> Result<Option<FileName>, Error> {
    let files = task.files();
    match request.parameter("csv_name") {
        Some(name) => {
            let found = files.into_iter().find(|file| file.name() == name);
            found.map(Some).ok_or_else(|| Error::BadIdentifier(name.chars().take(64).collect()))
        }
        None if request.wants(CSV) => Ok(files.last().copied()),
        None => Ok(None),
    }
}

pub(super) fn file(request: &Request, task: &Task, file: FileName) -> Reply {
    let (size, chunks) = request.state.tasks().file(request.owner, task, file);
    let body = Body::from_stream(chunks);
    Reply::file(File { media_type: CSV, name: file.name().to_owned(), size, body })
}
