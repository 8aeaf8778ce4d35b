//! `/tasks`.

use super::super::description::{Shape, describe};
use super::{Subject, subject};
use crate::table::Verb::{Delete, Get, Patch, Put};

pub(super) fn described() -> Subject {
    let about = "Files of selector rows, imported or deleted in the background. What a file says is seen all at once, when all of it was read.";
    let descriptions = vec![
        describe(Get, "/tasks", "list", "tasks")
            .says("Lists tasks", "Or, where `category` or `action` is given, tells what tasks there can be.")
            .query(&["help_category", "help_action"])
            .query(super::FILTERS)
            .pages("TaskRow")
            .answers(200, Shape::One("TaskHelp"), "Or what tasks there can be."),
        describe(Put, "/tasks", "create", "task")
            .says("Uploads a file", "As CSV with a header, in any order of columns, or as records. It is stored as it comes; nothing is done before it is started.")
            .query(&["category", "action", "mode", "file_name"])
            .takes_one("TaskRequest")
            .takes(Shape::Text("text/csv", "SelectorFile"))
            .creates("Task")
            .refuses(&[404, 409])
            .revisioned(),
        describe(Get, "/tasks/{task}", "read", "task")
            .says("Reads a task, or one of its files", "`error.csv` has the rows that were not done, with line numbers and reasons.")
            .query(&["csv_name"])
            .shows("Task")
            .answers(200, Shape::Text("text/csv", "TaskFile"), "Or the file.")
            .revisioned(),
        describe(Patch, "/tasks/{task}", "start", "task")
            .says("Starts a task", "409 where it cannot be started.")
            .shows("Task")
            .refuses(&[409])
            .tells_revision(),
        describe(Patch, "/tasks/{task}/stop", "stop", "task")
            .says("Stops a task", "Nothing of its file is seen then, and it cannot be started again.")
            .shows("Task")
            .refuses(&[409])
            .tells_revision(),
        describe(Delete, "/tasks/{task}", "delete", "task")
            .says("Removes a task that does not run", "With its files.")
            .shows("Task")
            .refuses(&[409]),
    ];
    subject("tasks", about, descriptions)
}
