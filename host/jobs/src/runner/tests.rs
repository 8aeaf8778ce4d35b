use strowger_store::{Clock, SwitchedStore};

use super::*;
use crate::testing::{PARTS, Parts, Trouble, World};
use crate::{Job, State, cancel};

const BRIEF: Duration = Duration::from_millis(10);

#[tokio::test(start_paused = true)]
async fn a_job_is_done_by_whoever_is_there_and_once() {
    let world = World::new();
    let a = world.process(world.store.clone(), Parts::new("a", BRIEF)).await;
    let b = world.process(world.store.clone(), Parts::new("b", BRIEF)).await;
    let id = world.queue(&Parts::job(world.account)).await;
    let job = world.until_over(id).await;
    assert_eq!((job.state, job.progress.done, job.progress.total), (State::Done, PARTS, Some(PARTS)));
    assert!(job.finished_at.is_some() && job.attempts == 0);
    assert_eq!(world.writes().await, PARTS, "no part was written twice");
    a.runner.shutdown(Duration::from_secs(1)).await;
    b.runner.shutdown(Duration::from_secs(1)).await;
}

#[tokio::test(start_paused = true)]
async fn a_job_that_was_queued_before_anybody_was_there_is_done_too() {
    let world = World::new();
    let id = world.queue(&Parts::job(world.account)).await;
    let _process = world.process(world.store.clone(), Parts::new("a", BRIEF)).await;
    assert_eq!(world.until_over(id).await.state, State::Done);
    world.clock.advance(Duration::from_secs(25 * 3_600));
    assert!(crate::find(&*world.store, id).await.unwrap().is_none(), "it is forgotten after a day");
}

#[tokio::test(start_paused = true)]
async fn only_so_many_jobs_are_done_at_once_and_the_others_follow() {
    let world = World::new();
    let _process = world.process(world.store.clone(), Parts::new("a", Duration::from_secs(1))).await;
    let mut ids = Vec::new();
    for _ in 0..6 {
        ids.push(world.queue(&Parts::job(world.account)).await);
    }
    world.pass(2).await;
    let mut running = 0;
    for id in &ids {
        running += usize::from(world.job(*id).await.state == State::Running);
    }
    assert_eq!(running, JobsConfig::default().concurrency);
    for id in ids {
        assert_eq!(world.until_over(id).await.state, State::Done);
    }
}

#[tokio::test(start_paused = true)]
async fn another_worker_goes_on_where_one_was_lost() {
    let world = World::new();
    let way = SwitchedStore::new(world.store.clone());
    let _lost = world.process(way.clone(), Parts::new("a", Duration::from_secs(1))).await;
    let id = world.queue(&Parts::job(world.account)).await;
    world.pass(2).await;
    let _other = world.process(world.store.clone(), Parts::new("b", BRIEF)).await;
    way.set_away(true);
    let done = world.job(id).await.progress.done;
    assert!((1..PARTS).contains(&done), "{done}");
    assert_eq!(world.until_over(id).await.state, State::Done);
    let mut expected = vec!["a"; usize::try_from(done).unwrap()];
    expected.resize(usize::try_from(PARTS).unwrap(), "b");
    assert_eq!((world.parts().await, world.writes().await), (expected.into_iter().map(String::from).collect(), PARTS));
}

/// Thinks until its lease has lapsed, as a process that was stopped and woken does.
struct Sleepy {
    clock: Clock,
    refused: Mutex<Option<StoreError>>,
}

#[async_trait]
impl Work for Sleepy {
    fn name(&self) -> &'static str {
        "sleepy"
    }

    async fn step(
        &self,
        context: &crate::Context,
        _: Option<&serde_json::Value>,
    ) -> Result<crate::Step, crate::WorkError> {
        self.clock.advance(JobsConfig::default().lease * 2);
        let key = strowger_store::Key::new(context.job().account.unwrap(), strowger_store::Kind::Setting, "late");
        let write = strowger_store::Write::put(key, serde_json::json!({}), strowger_store::Expect::Anything);
        let outcome = context.apply(strowger_store::Batch::of(vec![write])).await;
        let error = outcome.unwrap_err();
        *self.refused.lock() = Some(error.clone());
        Err(error.into())
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_late_worker_writes_is_refused() {
    let world = World::new();
    let work = Arc::new(Sleepy { clock: world.clock.clone(), refused: Mutex::default() });
    let process = world.process(world.store.clone(), work.clone()).await;
    let id = world.queue(&Job::new("sleepy", Some(world.account), serde_json::Value::Null)).await;
    let job = world.until_over(id).await;
    assert_eq!((job.state, job.attempts), (State::Failed, 4), "nor is it tried for ever");
    assert!(matches!(*work.refused.lock(), Some(StoreError::Fenced(_))));
    assert!(world.parts().await.is_empty());
    process.runner.shutdown(Duration::from_secs(1)).await;
}

#[tokio::test(start_paused = true)]
async fn a_step_that_fails_is_tried_again() {
    let world = World::new();
    let work = Parts::new("a", BRIEF);
    *work.troubles.lock() = vec![Trouble::Panics, Trouble::Fails];
    let _process = world.process(world.store.clone(), work).await;
    let id = world.queue(&Parts::job(world.account)).await;
    let job = world.until_over(id).await;
    assert_eq!((job.state, job.error, world.writes().await), (State::Done, None, PARTS));
}

#[tokio::test(start_paused = true)]
async fn a_job_that_always_fails_is_given_up() {
    let world = World::new();
    let work = Parts::new("a", BRIEF);
    *work.troubles.lock() = vec![Trouble::Fails; 3];
    let _process = world.process(world.store.clone(), work).await;
    let id = world.queue(&Parts::job(world.account)).await;
    let job = world.until_over(id).await;
    assert_eq!((job.state, job.attempts, job.error.as_deref()), (State::Failed, 3, Some("out of paper")));
}

#[tokio::test(start_paused = true)]
async fn a_step_without_an_end_is_ended() {
    let world = World::new();
    let process = world.process(world.store.clone(), Parts::new("a", Duration::MAX)).await;
    let id = world.queue(&Parts::job(world.account)).await;
    world.pass(1).await;
    assert_eq!(world.job(id).await.state, State::Running);
    tokio::time::sleep(JobsConfig::default().longest_step).await;
    let job = world.job(id).await;
    assert_eq!((job.attempts, job.error.as_deref()), (2, Some("the step did not end in time")), "and tried again");
    process.runner.shutdown(Duration::from_secs(1)).await;
}

#[tokio::test(start_paused = true)]
async fn a_hopeless_job_is_given_up_at_once() {
    let world = World::new();
    let work = Parts::new("a", BRIEF);
    *work.troubles.lock() = vec![Trouble::Hopeless];
    let _process = world.process(world.store.clone(), work).await;
    let id = world.queue(&Parts::job(world.account)).await;
    let job = world.until_over(id).await;
    assert_eq!((job.state, job.attempts), (State::Failed, 1));
}

#[tokio::test(start_paused = true)]
async fn a_job_that_is_called_off_stops() {
    let world = World::new();
    let _process = world.process(world.store.clone(), Parts::new("a", Duration::from_secs(1))).await;
    let id = world.queue(&Parts::job(world.account)).await;
    world.pass(2).await;
    assert_eq!(cancel(&*world.store, id).await.unwrap().unwrap().state, State::Cancelled);
    let written = world.writes().await;
    world.pass(20).await;
    assert!(world.writes().await <= written + 1, "at most the step that was under way");
    assert_eq!(world.job(id).await.state, State::Cancelled);
}

#[tokio::test(start_paused = true)]
async fn a_process_that_stops_leaves_its_job_to_the_next_one() {
    let world = World::new();
    let first = world.process(world.store.clone(), Parts::new("a", Duration::from_secs(1))).await;
    let id = world.queue(&Parts::job(world.account)).await;
    world.pass(2).await;
    first.runner.shutdown(Duration::from_secs(5)).await;
    assert_eq!(world.job(id).await.state, State::Queued);
    let _next = world.process(world.store.clone(), Parts::new("b", BRIEF)).await;
    assert_eq!((world.until_over(id).await.state, world.writes().await), (State::Done, PARTS));
}
