//! Tasks, done step by step.

use std::sync::Arc;
use std::time::Duration;

use futures::TryStreamExt;
use strowger_model::{AccountId, Owner};
use strowger_rows::{RowFilter, SelectorRows};
use strowger_store::{Batch, Direction, Kind, MemoryStore, Name, Store, StoreExt, Upload};

use super::run::Portion;
use super::*;
use crate::table::Bounds;
use crate::{Context, Step, Work, WorkError, find};

/// A store with tasks, and a worker that does two rows a step.
struct Desk {
    store: Arc<MemoryStore>,
    rows: SelectorRows,
    tasks: Tasks,
    work: RunTask,
    owner: Owner,
}

fn request(action: Action, mode: Mode) -> Request {
    Request { action, mode, file_name: None, auth_account_id: None }
}

const IMPORT: Request = Request { action: Action::Import, mode: Mode::Upsert, file_name: None, auth_account_id: None };

impl Desk {
    fn new() -> Self {
        Self::within(TaskLimits::default())
    }

    fn within(limits: TaskLimits) -> Self {
        let store = MemoryStore::new();
        let rows = SelectorRows::new(store.clone());
        let tasks = Tasks::new(store.clone(), rows.clone(), limits);
        let portion = Portion { bytes: 128 << 10, bounds: Bounds { records: 2, failures: 2 } };
        let work = RunTask { portion, ..RunTask::new(store.clone(), rows.clone()) };
        Self { store, rows, tasks, work, owner: AccountId::random().into() }
    }

    /// A task of these lines, under the usual header.
    async fn task(&self, request: Request, lines: &str) -> TaskId {
        let mut intake = self.tasks.take(self.owner, request);
        intake.write(format!("name,selector,resource\n{lines}").as_bytes()).await.unwrap();
        intake.finish(None).await.unwrap().0.id
    }

    async fn started(&self, request: Request, lines: &str) -> TaskId {
        let id = self.task(request, lines).await;
        self.tasks.start(self.owner, &id, Authors::default()).await.unwrap();
        id
    }

    async fn find(&self, id: &TaskId) -> Task {
        self.tasks.find(self.owner, id).await.unwrap().0
    }

    /// A worker that has the task's job.
    async fn worker(&self, id: &TaskId) -> Context {
        let job = find(&*self.store, self.find(id).await.job).await.unwrap().unwrap();
        let name = Name::new(self.owner, format!("job:{}", job.id));
        let holder = uuid::Uuid::new_v4().to_string();
        let lease = match self.store.held(&name).await.unwrap() {
            // The one before is dead.
            Some(lease) => {
                self.store.release(&lease).await.unwrap();
                self.store.acquire(&name, &holder, Duration::from_secs(60)).await.unwrap()
            }
            None => self.store.acquire(&name, &holder, Duration::from_secs(60)).await.unwrap(),
        };
        Context { store: self.store.clone(), job, leases: vec![lease.unwrap()] }
    }

    async fn step(&self, worker: &Context) -> Result<Step, WorkError> {
        self.work.step(worker, None).await
    }

    async fn done(&self, id: &TaskId) -> Task {
        let worker = self.worker(id).await;
        while !matches!(self.step(&worker).await.unwrap(), Step::Done { .. }) {}
        self.find(id).await
    }

    async fn import(&self, lines: &str) -> Task {
        let id = self.started(IMPORT, lines).await;
        self.done(&id).await
    }

    /// Rows as `name/selector/resource`.
    async fn book(&self) -> Vec<String> {
        let book = self.rows.book(self.owner).await.unwrap();
        let rows = book.page(&RowFilter::default(), None, Direction::Ascending, 1_000);
        rows.into_iter().map(|row| format!("{}/{}/{}", row.row.name, row.row.selector, row.row.resource)).collect()
    }

    async fn file(&self, id: &TaskId, name: FileName) -> String {
        let (size, chunks) = self.tasks.file(self.owner, &self.find(id).await, name);
        let bytes: Vec<_> = chunks.try_collect().await.unwrap();
        let bytes = bytes.concat();
        assert_eq!(bytes.len() as u64, size);
        String::from_utf8(bytes).unwrap()
    }

    /// Runs that lie in the store.
    async fn staged(&self) -> usize {
        let blobs = self.store.all(self.owner, Kind::Blob).await.unwrap();
        blobs.iter().filter(|blob| !blob.key.id.starts_with("task:") && blob.key.id.contains(":run:")).count()
    }
}

#[tokio::test]
async fn rows_are_seen_all_at_once_when_the_file_was_read() {
    let desk = Desk::new();
    let id = desk.started(IMPORT, "lcr,1,a\nlcr,2,a\nlcr,3,b\n").await;
    let worker = desk.worker(&id).await;
    desk.step(&worker).await.unwrap();
    let task = desk.find(&id).await;
    assert_eq!((task.status, task.success_count, task.total_count), (Status::Executing, 2, 3));
    assert!(task.start_timestamp.is_some() && task.end_timestamp.is_none());
    desk.step(&worker).await.unwrap();
    assert_eq!(desk.book().await, Vec::<String>::new());
    assert!(matches!(desk.step(&worker).await.unwrap(), Step::Done { .. }));
    assert_eq!(desk.book().await, ["lcr/1/a", "lcr/2/a", "lcr/3/b"]);
    let task = desk.find(&id).await;
    assert_eq!((task.status, task.success_count, task.failure_count), (Status::Success, 3, 0));
    assert_eq!(task.published.map(|published| published.added), Some(3));
    assert!(task.end_timestamp.is_some());
    assert_eq!((task.files(), desk.staged().await), (vec![FileName::Input], 0));
}

#[tokio::test]
async fn a_file_that_is_imported_twice_leaves_each_row_once() {
    let desk = Desk::new();
    for added in [2, 0] {
        let task = desk.import("lcr,1,a\nlcr,2,a\nlcr,1,a\n").await;
        assert_eq!((task.status, task.success_count), (Status::Success, 3));
        assert_eq!(task.published.map(|published| published.added), Some(added));
    }
    assert_eq!(desk.book().await, ["lcr/1/a", "lcr/2/a"]);
}

#[tokio::test]
async fn good_rows_are_saved_and_bad_ones_told() {
    let desk = Desk::new();
    let task = desk.import("lcr,1,a\nlcr,,a\nlcr,2,a\nlcr,3\nlcr,\"4\n5\",\n").await;
    assert_eq!((task.status, task.success_count, task.failure_count), (Status::Partial, 2, 3));
    assert_eq!(desk.book().await, ["lcr/1/a", "lcr/2/a"]);
    let errors = desk.file(&task.id, FileName::Error).await;
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(errors.as_bytes());
    assert_eq!(reader.headers().unwrap(), vec!["line", "reason", "name", "selector", "resource"]);
    let records: Vec<_> = reader.records().map(Result::unwrap).collect();
    let lines: Vec<&str> = records.iter().map(|record| &record[0]).collect();
    assert_eq!(lines, ["3", "5", "6"]);
    assert!(records[0][1].starts_with("selector: "), "{errors}");
    assert_eq!(&records[2][3], "4\n5");
}

#[tokio::test]
async fn a_task_none_of_whose_rows_was_done_has_failed() {
    let desk = Desk::new();
    let task = desk.import("lcr,,a\n,1,a\n").await;
    assert_eq!((task.status, task.failure_count), (Status::Failure, 2));
    assert_eq!(task.published, None);
}

#[tokio::test]
async fn a_replacement_takes_the_place_of_the_names_that_it_has() {
    let desk = Desk::new();
    desk.import("lcr,1,a\nlcr,2,a\nother,1,a\n").await;
    let id = desk.started(request(Action::Import, Mode::Replace), "lcr,2,a\nlcr,3,a\n").await;
    let task = desk.done(&id).await;
    assert_eq!(desk.book().await, ["lcr/2/a", "lcr/3/a", "other/1/a"]);
    assert_eq!(task.published.map(|published| (published.added, published.removed)), Some((1, 1)));
}

#[tokio::test]
async fn a_row_to_delete_that_is_not_there_has_failed() {
    let desk = Desk::new();
    let mut intake = desk.tasks.take(desk.owner, IMPORT);
    let timed = "name,selector,resource,start_time\nlcr,1,a,\nlcr,1,a,5\nlcr,2,a,5\nlcr,3,a,\nlcr,3,b,\n";
    intake.write(timed.as_bytes()).await.unwrap();
    let (task, _) = intake.finish(None).await.unwrap();
    desk.tasks.start(desk.owner, &task.id, Authors::default()).await.unwrap();
    desk.done(&task.id).await;
    let id = desk.started(request(Action::Delete, Mode::Upsert), "lcr,1,a\nlcr,1,b\nlcr,2,a\nlcr,4,a\nlcr,3,b\n").await;
    let task = desk.done(&id).await;
    assert_eq!((task.status, task.success_count, task.failure_count), (Status::Partial, 3, 2));
    assert_eq!(task.published.map(|published| published.removed), Some(4), "whatever their times");
    assert_eq!(desk.book().await, ["lcr/3/a"]);
    let errors = desk.file(&id, FileName::Error).await;
    assert_eq!(
        errors,
        "line,reason,name,selector,resource\n3,there is no such row,lcr,1,b\n5,there is no such row,lcr,4,a\n"
    );
}

#[tokio::test]
async fn a_worker_that_was_replaced_does_nothing_twice() {
    let desk = Desk::new();
    let id = desk.started(IMPORT, "lcr,1,a\nlcr,,a\nlcr,2,a\nlcr,,b\nlcr,3,a\n").await;
    let mut steps = 0;
    loop {
        // Each step is done twice: by a worker whose lease is gone when it writes, and by the next one.
        let late = desk.worker(&id).await;
        let worker = desk.worker(&id).await;
        assert!(desk.step(&late).await.is_err(), "step {steps} of a former worker");
        if matches!(desk.step(&worker).await.unwrap(), Step::Done { .. }) {
            break;
        }
        steps += 1;
    }
    assert_eq!(steps, 3);
    let task = desk.find(&id).await;
    assert_eq!((task.success_count, task.failure_count), (3, 2));
    assert_eq!(desk.file(&id, FileName::Error).await.lines().count(), 3);
    assert_eq!(desk.book().await, ["lcr/1/a", "lcr/2/a", "lcr/3/a"]);
    assert_eq!(desk.staged().await, 0);
}

#[tokio::test]
async fn a_task_that_is_stopped_changes_nothing() {
    let desk = Desk::new();
    desk.import("lcr,9,a\n").await;
    let id = desk.started(request(Action::Import, Mode::Replace), "lcr,1,a\nlcr,2,a\nlcr,3,a\n").await;
    let worker = desk.worker(&id).await;
    desk.step(&worker).await.unwrap();
    let (task, _) = desk.tasks.stop(desk.owner, &id, Authors::default()).await.unwrap();
    assert_eq!((task.status, task.success_count), (Status::Stopped, 2));
    assert!(matches!(desk.step(&worker).await.unwrap(), Step::Done { .. }));
    assert_eq!(desk.book().await, ["lcr/9/a"]);
    assert_eq!(desk.staged().await, 0);
    let again = desk.tasks.start(desk.owner, &id, Authors::default()).await;
    assert!(matches!(again, Err(TaskError::Status(Status::Stopped))));
}

#[tokio::test]
async fn a_task_cannot_be_stopped_once_its_rows_are_published() {
    let desk = Desk::new();
    let id = desk.started(IMPORT, "lcr,1,a\n").await;
    let worker = desk.worker(&id).await;
    desk.step(&worker).await.unwrap();
    let late = desk.tasks.stop(desk.owner, &id, Authors::default()).await;
    assert!(matches!(late, Err(TaskError::Publishing)));
    desk.step(&worker).await.unwrap();
    assert_eq!(desk.find(&id).await.status, Status::Success);
}

#[tokio::test]
async fn a_task_whose_job_was_given_up_has_failed() {
    let desk = Desk::new();
    let id = desk.started(IMPORT, "lcr,1,a\n").await;
    let job = desk.worker(&id).await.job;
    desk.store.delete(crate::job::key(job.id), strowger_store::Expect::Present).await.unwrap();
    assert_eq!(desk.find(&id).await.status, Status::InternalError);
}

#[tokio::test]
async fn a_file_that_is_gone_is_an_internal_error_and_not_tried_for_ever() {
    let desk = Desk::new();
    let id = desk.started(IMPORT, "lcr,1,a\n").await;
    let discard: Vec<Upload> = {
        let blobs = desk.find(&id).await.input;
        blobs.into_iter().map(|blob| Upload { owner: desk.owner, id: blob.upload }).collect()
    };
    desk.store.apply(Batch { discard, ..Batch::default() }).await.unwrap();
    let task = desk.done(&id).await;
    assert_eq!(task.status, Status::InternalError);
    assert!(task.reason.is_some());
}

#[tokio::test]
async fn a_worker_may_be_faster_than_whoever_starts_it() {
    let desk = Desk::new();
    let id = desk.started(IMPORT, "lcr,1,a\n").await;
    // As the start leaves it that was cut off between the job and the task.
    let key = id.key(desk.owner);
    let mut body = desk.store.get(&key).await.unwrap().unwrap().body;
    body["status"] = serde_json::json!("pending");
    desk.store.put(key, body, strowger_store::Expect::Anything).await.unwrap();
    assert_eq!(desk.done(&id).await.status, Status::Success);
    assert!(desk.find(&id).await.start_timestamp.is_some());
}

#[tokio::test]
async fn what_was_kept_for_long_enough_goes_with_its_files() {
    let desk = Desk::within(TaskLimits { retention: Duration::ZERO, ..TaskLimits::default() });
    let over = desk.import("lcr,1,a\nlcr,,a\n").await.id;
    let running = desk.started(IMPORT, "lcr,2,a\n").await;
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    TidyTasks::queue(&*desk.store).await.unwrap();
    TidyTasks::queue(&*desk.store).await.unwrap();
    let jobs = desk.store.all(Owner::System, Kind::Job).await.unwrap();
    let tidy = jobs.into_iter().filter(|job| job.body["work"] == "tidy-tasks").map(|job| job.decode().unwrap());
    let tidy: Vec<crate::Job> = tidy.collect();
    assert_eq!(tidy.len(), 1);
    let context = Context { store: desk.store.clone(), job: tidy[0].clone(), leases: Vec::new() };
    let step = TidyTasks::new(desk.tasks.clone()).step(&context, None).await.unwrap();
    assert!(matches!(step, Step::More { progress, .. } if progress.done == 1), "{step:?}");
    assert!(matches!(desk.tasks.find(desk.owner, &over).await, Err(TaskError::Unknown)));
    assert_eq!(desk.find(&running).await.status, Status::Executing);
    let blobs = desk.store.all(desk.owner, Kind::Blob).await.unwrap();
    let files: Vec<&str> = blobs.iter().map(|blob| &*blob.key.id).filter(|id| id.starts_with("task:")).collect();
    assert!(!files.is_empty() && files.iter().all(|id| id.contains(&running.to_string())), "{files:?}");
}

#[tokio::test]
async fn a_tasks_document_does_not_grow_with_its_steps() {
    let desk = Desk::new();
    let lines: String = (10..90).map(|n| format!("lcr,{n},a\nlcr,,a\n")).collect();
    let id = desk.started(IMPORT, &lines).await;
    let worker = desk.worker(&id).await;
    let mut sizes = Vec::new();
    for _ in 0..79 {
        desk.step(&worker).await.unwrap();
        let body = desk.store.get(&id.key(desk.owner)).await.unwrap().unwrap().body;
        sizes.push(body.to_string().len());
    }
    let (least, most) = (sizes.iter().min().unwrap(), sizes.iter().max().unwrap());
    assert!(most - least < 16, "some digits more: {sizes:?}");
    let task = desk.done(&id).await;
    assert_eq!((task.success_count, task.failure_count), (80, 80));
    assert_eq!(desk.file(&id, FileName::Error).await.lines().count(), 81);
    assert_eq!((desk.book().await.len(), desk.staged().await), (80, 0));
    desk.tasks.remove(desk.owner, &id, None).await.unwrap();
    let blobs = desk.store.all(desk.owner, Kind::Blob).await.unwrap();
    assert!(blobs.iter().all(|blob| !blob.key.id.starts_with("task:")), "{blobs:?}");
}

#[tokio::test]
async fn staged_rows_that_nobody_will_publish_go() {
    let desk = Desk::new();
    let mut ids = Vec::new();
    for _ in 0..4 {
        let id = desk.started(IMPORT, "lcr,1,a\nlcr,2,a\nlcr,3,a\nlcr,4,a\n").await;
        desk.step(&desk.worker(&id).await).await.unwrap();
        ids.push(id);
    }
    let [gone, given_up, over, alive] = ids.as_slice() else { panic!("four") };
    desk.store.delete(gone.key(desk.owner), strowger_store::Expect::Present).await.unwrap();
    let job = desk.find(given_up).await.job;
    desk.store.delete(crate::job::key(job), strowger_store::Expect::Present).await.unwrap();
    // As a stop leaves it that was cut off in the middle.
    let mut body = desk.store.get(&over.key(desk.owner)).await.unwrap().unwrap().body;
    body["status"] = serde_json::json!("stopped");
    desk.store.put(over.key(desk.owner), body, strowger_store::Expect::Anything).await.unwrap();
    assert_eq!(desk.staged().await, 4);

    let context = Context {
        store: desk.store.clone(),
        job: crate::Job::new("t", None, serde_json::Value::Null),
        leases: Vec::new(),
    };
    let step = TidyTasks::new(desk.tasks.clone()).step(&context, None).await.unwrap();
    assert!(matches!(step, Step::More { progress, .. } if progress.done == 3), "{step:?}");
    assert_eq!((desk.staged().await, desk.find(given_up).await.status), (1, Status::InternalError));
    assert_eq!(desk.done(alive).await.published.map(|published| published.added), Some(4));
}

#[tokio::test]
async fn a_file_of_many_blobs_is_read_from_anywhere() {
    let desk = Desk::new();
    let line = "lcr,1,a\n".repeat(1 << 14);
    let mut intake = desk.tasks.take(desk.owner, IMPORT);
    intake.write(b"name,selector,resource\n").await.unwrap();
    for _ in 0..520 {
        intake.write(line.as_bytes()).await.unwrap();
    }
    let (task, _) = intake.finish(None).await.unwrap();
    assert_eq!((task.input.len(), task.total_count), (2, 520 << 14));
    let store: Arc<dyn Store> = desk.store.clone();
    let offset = 23 + (511 << 17);
    let bytes = file::read(&store, desk.owner, &task.input, offset, 300_000).await.unwrap();
    assert_eq!(bytes.len(), 300_000);
    assert!(bytes.chunks_exact(8).all(|row| row == b"lcr,1,a\n"), "a piece across two blobs");
}
