//! One step of a task: some of the file's rows, or the publishing of all.

use serde_json::Value;
use strowger_model::selector_row::SelectorRow;
use strowger_model::{Owner, time};
use strowger_rows::{Publication, RowBook, RowFilter, RowId, RowsError, StagedRun, StoredRow};
use strowger_store::{Author, Batch, Direction, Expect, Revision, StoreError};

use super::file::{self, FileWriter};
use super::run::{Order, RunTask};
use super::{Action, FileName, Mode, Status, Task, TaskError};
use crate::table::{End, Outcome, Piece};
use crate::{Context, Progress, Step, WorkError};

/// Failures that the file of a task lists; more are counted.
const MOST_LISTED: u64 = 1_000_000;

/// A task that is worked on.
pub(super) struct Run<'a> {
    work: &'a RunTask,
    context: &'a Context,
    owner: Owner,
    author: Option<Author>,
    task: Task,
    revision: Revision,
}

impl<'a> Run<'a> {
    /// The task, unless it is over.
    pub(super) async fn begin(
        work: &'a RunTask,
        context: &'a Context,
        owner: Owner,
        order: &Order,
    ) -> Result<Option<Self>, StoreError> {
        let Some(document) = context.store().get(&order.task.key(owner)).await? else { return Ok(None) };
        let mut task: Task = document.decode()?;
        if task.status.is_final() {
            return Ok(None);
        }
        task.status = Status::Executing;
        task.start_timestamp.get_or_insert_with(time::gregorian_now);
        task.node = context.job().node.map(|node| node.to_string());
        let (author, revision) = (order.author(owner), document.revision);
        Ok(Some(Self { work, context, owner, author, task, revision }))
    }

    pub(super) async fn step(&mut self) -> Result<Step, TaskError> {
        let rest = self.task.size(FileName::Input).saturating_sub(self.task.progress.position.offset);
        if rest > 0 {
            self.read().await?;
            return Ok(Step::More { cursor: Value::Null, progress: self.progress() });
        }
        self.publish().await?;
        Ok(Step::Done { progress: self.progress() })
    }

    fn progress(&self) -> Progress {
        let task = &self.task;
        Progress { done: task.success_count + task.failure_count, total: Some(task.total_count) }
    }

    /// Reads and stages the next rows. The rows stay with the batch that records them, or go by themselves.
    async fn read(&mut self) -> Result<(), TaskError> {
        let (rows, outcome) = self.rows().await?;
        let mut batch = Batch::default();
        if !rows.is_empty() {
            let run = StagedRun::of(&self.task.id.to_string(), self.task.progress.staged);
            self.work.rows.stage_in(self.owner, &run, rows, &mut batch).await?;
            self.task.progress.staged += 1;
        }
        self.advance(outcome, batch).await
    }

    async fn rows(&self) -> Result<(Vec<SelectorRow>, Outcome), TaskError> {
        let (position, portion) = (self.task.progress.position, self.work.portion);
        let bytes = file::read(&self.work.store, self.owner, &self.task.input, position.offset, portion.bytes).await?;
        let is_last = position.offset + bytes.len() as u64 >= self.task.size(FileName::Input);
        let end = if is_last { End::File } else { End::Piece };
        let mut bounds = portion.bounds;
        bounds.failures = bounds.failures.min(MOST_LISTED.saturating_sub(self.task.progress.listed));
        let columns = self.task.columns.clone();
        let book = match self.task.request.action {
            Action::Import => None,
            Action::Delete => Some(self.work.rows.book(self.owner).await?),
        };
        let reading = tokio::task::spawn_blocking(move || {
            let mut rows = Vec::new();
            let mut take = |row| take(book.as_deref(), row, &mut rows);
            let outcome = Piece { bytes: &bytes, start: position, end }.read(&columns, bounds, &mut take)?;
            Ok((rows, outcome))
        });
        reading.await.map_err(|_| TaskError::Interrupted)?
    }

    /// Saves how far the task is together with what was made of the file up to there.
    async fn advance(&mut self, outcome: Outcome, mut batch: Batch) -> Result<(), TaskError> {
        let task = &mut self.task;
        if !outcome.failures.is_empty() {
            let store = &self.work.store;
            let mut errors = FileWriter::new(store, self.owner, &task.id, FileName::Error, task.error_file.blobs);
            errors.write(&outcome.failures).await?;
            let added = errors.finish().await?.into_batch(&mut batch);
            task.error_file.blobs += added.len();
            task.error_file.bytes += file::size(&added);
        }
        task.success_count += outcome.taken;
        task.failure_count += outcome.failed;
        task.progress.position = outcome.position;
        task.progress.listed += outcome.listed;
        // From its end on nothing is left to stop.
        task.progress.is_publishing = outcome.position.offset >= task.size(FileName::Input);
        self.save(batch).await
    }

    async fn publish(&mut self) -> Result<(), TaskError> {
        let task = &self.task;
        if task.progress.staged > 0 {
            let publication = Publication {
                id: task.id.to_string(),
                runs: task.runs().collect(),
                mode: publication_mode(task),
                fence: self.context.fence(self.owner),
                author: self.author.clone(),
            };
            self.task.published = Some(self.work.rows.publish(self.owner, publication).await?);
        }
        let task = &mut self.task;
        task.end(match (task.success_count, task.failure_count) {
            (_, 0) => Status::Success,
            (0, _) => Status::Failure,
            _ => Status::Partial,
        });
        self.save(Batch::default()).await
    }

    /// Gives the task up.
    pub(super) async fn fail(&mut self, error: &TaskError) -> Result<Step, WorkError> {
        tracing::error!(task = %self.task.id, %error, "a task is given up");
        self.task.reason = Some(error.to_string());
        let is_too_much = matches!(error, TaskError::Rows(RowsError::TooMany { .. }));
        self.task.end(if is_too_much { Status::Failure } else { Status::InternalError });
        let saved = self.save(Batch::default()).await;
        saved.map_err(|error| WorkError::Failed(error.to_string()))?;
        let discarded = self.work.rows.discard(self.owner, &self.task.id.to_string()).await;
        discarded.map_err(|error| WorkError::Failed(error.to_string()))?;
        Ok(Step::Done { progress: self.progress() })
    }

    async fn save(&mut self, mut batch: Batch) -> Result<(), TaskError> {
        batch.writes.insert(0, self.task.write(self.owner, Expect::Revision(self.revision.clone())));
        let revisions = self.context.apply(batch).await?;
        if let Some(revision) = revisions.into_iter().next().flatten() {
            self.revision = revision;
        }
        Ok(())
    }
}

/// Takes a row; one to delete only where there is any that it means.
fn take(book: Option<&RowBook>, row: SelectorRow, rows: &mut Vec<SelectorRow>) -> Result<(), String> {
    if book.is_some_and(|book| !has(book, &row)) {
        return Err("there is no such row".into());
    }
    rows.push(row);
    Ok(())
}

/// Whether there is a row of that name, resource and selector, whatever its times: the one without times would be the first.
fn has(book: &RowBook, row: &SelectorRow) -> bool {
    let (first, filter) = (RowId::of(row), RowFilter { name: Some(row.name.clone()), resource: None });
    let same = |found: &StoredRow| found.row.selector == row.selector && found.row.resource == row.resource;
    book.get(&first).is_some() || book.page(&filter, Some(&first), Direction::Ascending, 1).iter().any(same)
}

fn publication_mode(task: &Task) -> strowger_rows::Mode {
    match (task.request.action, task.request.mode) {
        (Action::Delete, _) => strowger_rows::Mode::Delete,
        (Action::Import, Mode::Upsert) => strowger_rows::Mode::Upsert,
        (Action::Import, Mode::Replace) => strowger_rows::Mode::Replace,
    }
}
