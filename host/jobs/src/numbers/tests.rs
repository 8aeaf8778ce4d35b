use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};
use strowger_model::number_job::{NumberJobId, NumberJobRequest, NumberJobStatus};
use strowger_model::phone_number::{E164, NumberModule};
use strowger_model::{AccountId, Owner};
use strowger_store::numbers::{Holder, document, entry, find as whose};
use strowger_store::{Author, Expect, Key, Kind, Name, Revision, Store, StoreError, StoreExt, SwitchedStore};

use super::document::{PART, key, part_key};
use super::recover::recover;
use super::*;
use crate::testing::World;
use crate::{EraseAccount, JobId, State};

/// [`Outcomes`] as values.
struct Told {
    numbers: Vec<Value>,
    successes: Map<String, Value>,
    errors: Map<String, Value>,
}

/// An installation in which bulk jobs are done.
struct Numbers {
    world: World,
    owner: Owner,
}

impl Numbers {
    async fn new() -> Self {
        let world = World::new();
        let numbers = Self { owner: world.account.into(), world };
        numbers.open(numbers.world.account).await;
        numbers
    }

    async fn open(&self, account: AccountId) {
        let key = Key::new(Owner::System, Kind::Account, account.hex());
        self.world.store.put(key, json!({}), Expect::Absent).await.unwrap();
    }

    /// Another account's view.
    async fn other(&self) -> Owner {
        let account = AccountId::random();
        self.open(account).await;
        account.into()
    }

    async fn stored(&self, owner: Owner, numbers: &[String]) -> (NumberJobId, JobId) {
        let Value::Object(data) = json!({"numbers": numbers, "resource_id": "r", "name": "n"}) else { unreachable!() };
        let new = NewNumberJob::of(owner, NumberJobRequest::parse(data).unwrap(), NumberModule::Local).unwrap();
        self.world.store.commit(vec![new.driver.enqueue()]).await.unwrap();
        self.world.store.commit(new.writes).await.unwrap();
        (new.id, new.driver.id)
    }

    async fn job(&self, owner: Owner, id: &NumberJobId) -> NumberJob {
        find(&*self.world.store, owner, id).await.unwrap().unwrap().1
    }

    async fn outcomes(&self, owner: Owner, id: &NumberJobId) -> Told {
        let found = outcomes(&*self.world.store, owner, &self.job(owner, id).await).await.unwrap();
        let read = |text: &[u8]| serde_json::from_slice(text).unwrap();
        let Value::Array(numbers) = read(&found.numbers) else { panic!("no list") };
        let [Value::Object(successes), Value::Object(errors)] = [read(&found.successes), read(&found.errors)] else {
            panic!("no objects")
        };
        Told { numbers, successes, errors }
    }

    /// Stores a job and waits for its end.
    async fn done(&self, owner: Owner, numbers: &[&str]) -> Told {
        let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        let (id, driver) = self.stored(owner, &numbers).await;
        assert_eq!(self.world.until_over(driver).await.state, State::Done);
        assert_eq!(self.job(owner, &id).await.status, NumberJobStatus::Complete);
        self.outcomes(owner, &id).await
    }

    async fn process(&self) -> crate::testing::Process {
        self.world.process(self.world.store.clone(), Arc::new(AddNumbers)).await
    }

    async fn all_of(&self, owner: Owner) -> Vec<String> {
        let found = self.world.store.all(owner, Kind::PhoneNumber).await.unwrap();
        assert!(found.iter().all(|number| number.revision.0.starts_with("1-")), "each was written once");
        found.into_iter().map(|number| number.key.id).collect()
    }
}

fn range(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("+1415{:07}", 2_000_000 + n)).collect()
}

fn author(owner: Owner) -> Author {
    Author { stream: Name::new(owner, "audit"), by: json!({}) }
}

fn anyway(_: &Revision) -> Result<(), StoreError> {
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn every_number_is_told_as_added_or_why_not() {
    let numbers = Numbers::new().await;
    let _process = numbers.process().await;
    let other = numbers.other().await;
    numbers.done(other, &["+442079460000"]).await;
    numbers.done(numbers.owner, &["+14158860001"]).await;
    let given = ["4158860002", "+14158860002", "hello", "442079460000", "4158860001"];
    let Told { numbers: told, successes, errors } = numbers.done(numbers.owner, &given).await;
    assert_eq!(json!(told), json!(given));
    assert_eq!(successes.keys().collect::<Vec<_>>(), ["+14158860002"]);
    assert_eq!(
        (&successes["+14158860002"]["state"], &successes["+14158860002"]["resource_id"]),
        (&json!("reserved"), &json!("r"))
    );
    let reasons: Vec<_> =
        errors.iter().map(|(number, why)| (number.as_str(), why["reason"].as_str().unwrap())).collect();
    let expected =
        [("hello", "not_reconcilable"), ("442079460000", "assigned_elsewhere"), ("4158860001", "number_exists")];
    assert_eq!(reasons, expected);
    assert!(errors["hello"]["message"].as_str().unwrap().contains("hello"));
    let found = whose(&*numbers.world.store, &"4158860002".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!((found.owner, found.number.resource_id.as_deref()), (numbers.owner, Some("r")));
}

#[tokio::test(start_paused = true)]
async fn the_pool_of_the_installation_has_numbers_like_an_account() {
    let numbers = Numbers::new().await;
    let _process = numbers.process().await;
    assert_eq!(numbers.done(Owner::System, &["+14158860001"]).await.successes.len(), 1);
    let refused = numbers.done(numbers.owner, &["+14158860001"]).await;
    assert_eq!(refused.errors["+14158860001"]["reason"], "assigned_elsewhere");
}

#[tokio::test(start_paused = true)]
async fn two_jobs_with_the_same_numbers_add_each_of_them_once() {
    let numbers = Numbers::new().await;
    let other = numbers.other().await;
    let all = range(PART * 3 + 7);
    let mut back = all.clone();
    back.reverse();
    let jobs = [
        (numbers.owner, numbers.stored(numbers.owner, &all).await),
        (numbers.owner, numbers.stored(numbers.owner, &back).await),
        (other, numbers.stored(other, &all).await),
    ];
    let _one = numbers.process().await;
    let _two = numbers.process().await;
    let mut successes = 0;
    for (owner, (id, driver)) in &jobs {
        assert_eq!(numbers.world.until_over(*driver).await.state, State::Done);
        let job = numbers.job(*owner, id).await;
        assert_eq!((job.status, job.progress().done), (NumberJobStatus::Complete, all.len() as u64));
        successes += job.successes;
    }
    assert_eq!(successes, all.len() as u64, "each number was added by one of them");
    let mut had = numbers.all_of(numbers.owner).await;
    had.extend(numbers.all_of(other).await);
    had.sort();
    assert_eq!(had, all);
}

#[tokio::test(start_paused = true)]
async fn a_job_goes_on_where_its_worker_was_lost() {
    let numbers = Numbers::new().await;
    let way = SwitchedStore::new(numbers.world.store.clone());
    let all = range(PART * 40);
    let (id, driver) = numbers.stored(numbers.owner, &all).await;
    let _lost = numbers.world.process(way.clone(), Arc::new(AddNumbers)).await;
    while numbers.job(numbers.owner, &id).await.successes < PART as u64 {
        tokio::task::yield_now().await;
    }
    way.set_away(true);
    let left = numbers.job(numbers.owner, &id).await;
    assert_eq!(left.status, NumberJobStatus::Running);
    let _other = numbers.process().await;
    assert_eq!(numbers.world.until_over(driver).await.state, State::Done);
    let job = numbers.job(numbers.owner, &id).await;
    assert_eq!((job.status, job.successes, job.errors), (NumberJobStatus::Complete, all.len() as u64, 0));
    assert_eq!(numbers.all_of(numbers.owner).await, all);
    assert_eq!(numbers.outcomes(numbers.owner, &id).await.successes.len(), all.len());
}

#[tokio::test(start_paused = true)]
async fn a_number_that_was_taken_and_not_added_is_free_once_its_job_is_over() {
    let numbers = Numbers::new().await;
    let _process = numbers.process().await;
    let number: E164 = "+14158860001".parse().unwrap();
    let other = numbers.other().await;
    for (status, refused) in [(json!("running"), true), (json!("cancelled"), false), (Value::Null, false)] {
        let id: NumberJobId = "201408-ab".parse().unwrap();
        let store = &*numbers.world.store;
        store.delete(entry(&number), Expect::Anything).await.unwrap();
        store.put(key(other, &id), json!({"pvt_status": status}), Expect::Anything).await.unwrap();
        if status.is_null() {
            store.delete(key(other, &id), Expect::Present).await.unwrap();
        }
        let holder = Holder { owner: other, job: Some(id.to_string()) };
        store.commit(vec![holder.take(&number, Expect::Absent)]).await.unwrap();
        let outcomes = numbers.done(numbers.owner, &[number.as_str()]).await;
        assert_eq!(outcomes.errors.len(), usize::from(refused), "{status}");
        let _ = remove(store, numbers.owner, &number, author(numbers.owner), anyway).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_number_whose_entry_is_missing_is_not_added_a_second_time() {
    let numbers = Numbers::new().await;
    let _process = numbers.process().await;
    let number: E164 = "+14158860001".parse().unwrap();
    let at = document(numbers.owner, &number);
    numbers.world.store.put(at, json!({"id": number}), Expect::Absent).await.unwrap();
    let outcomes = numbers.done(numbers.owner, &["+14158860001", "+14158860002"]).await;
    assert_eq!((outcomes.errors.len(), outcomes.successes.len()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_job_that_is_called_off_adds_nothing_more_and_holds_nothing_back() {
    let numbers = Numbers::new().await;
    let all = range(PART * 2);
    let (id, driver) = numbers.stored(numbers.owner, &all).await;
    // Its worker died when it had taken the first part's numbers.
    let holder = Holder { owner: numbers.owner, job: Some(id.to_string()) };
    let taken = all[..PART].iter().map(|number| holder.take(&number.parse().unwrap(), Expect::Absent)).collect();
    numbers.world.store.commit(taken).await.unwrap();
    let author = author(numbers.owner);
    let (job, _) = cancel(&*numbers.world.store, numbers.owner, &id, author.clone(), anyway).await.unwrap().unwrap();
    assert_eq!(job.status, NumberJobStatus::Cancelled);
    let _process = numbers.process().await;
    assert_eq!(numbers.world.until_over(driver).await.state, State::Done);
    assert!(numbers.all_of(numbers.owner).await.is_empty());
    assert!(numbers.world.store.all(Owner::System, Kind::Index).await.unwrap().is_empty());
    let (again, _) = cancel(&*numbers.world.store, numbers.owner, &id, author, anyway).await.unwrap().unwrap();
    assert_eq!(again, job);
}

#[tokio::test(start_paused = true)]
async fn a_job_that_is_called_off_in_the_middle_keeps_what_it_added() {
    let numbers = Numbers::new().await;
    let (id, driver) = numbers.stored(numbers.owner, &range(PART * 40)).await;
    let _process = numbers.process().await;
    while numbers.job(numbers.owner, &id).await.successes == 0 {
        tokio::task::yield_now().await;
    }
    cancel(&*numbers.world.store, numbers.owner, &id, author(numbers.owner), anyway).await.unwrap().unwrap();
    numbers.world.until_over(driver).await;
    let job = numbers.job(numbers.owner, &id).await;
    assert_eq!(job.status, NumberJobStatus::Cancelled);
    assert!(job.successes < (PART * 40) as u64);
    assert_eq!(numbers.all_of(numbers.owner).await.len() as u64, job.successes);
    assert_eq!(numbers.world.store.all(Owner::System, Kind::Index).await.unwrap().len() as u64, job.successes);
}

#[tokio::test(start_paused = true)]
async fn a_job_without_a_driver_gets_one_whatever_its_month() {
    let numbers = Numbers::new().await;
    let (id, driver) = numbers.stored(numbers.owner, &range(3)).await;
    let store = &*numbers.world.store;
    assert_eq!(recover(store, Duration::ZERO).await.unwrap(), 0, "it has one");
    store.delete(crate::job::key(driver), Expect::Present).await.unwrap();
    let (found, mut job) = find(store, numbers.owner, &id).await.unwrap().unwrap();
    let old: NumberJobId = "201408-39512771f9d2d499".parse().unwrap();
    assert_eq!(recover(store, Duration::from_secs(3_600)).await.unwrap(), 0, "it may be about to get one");
    store.delete(found.key, Expect::Present).await.unwrap();
    let mut part = store.get(&part_key(numbers.owner, &id, 0)).await.unwrap().unwrap();
    part.key = part_key(numbers.owner, &old, 0);
    store.put(part.key, part.body, Expect::Absent).await.unwrap();
    (job.id, job.created, job.modified) = (old.clone(), 63_575_950_041, 63_575_950_041);
    store.commit(vec![job.write(numbers.owner, Expect::Absent).unwrap()]).await.unwrap();
    let damaged = Key::new(numbers.owner, Kind::NumberJob, "201407-ab");
    store.put(damaged, json!({"pvt_created": 1}), Expect::Absent).await.unwrap();
    assert_eq!(recover(store, Duration::from_secs(3_600)).await.unwrap(), 1);
    assert_eq!(recover(store, Duration::from_secs(3_600)).await.unwrap(), 0);
    let _process = numbers.process().await;
    let driver = numbers.job(numbers.owner, &old).await.driver;
    assert_eq!(numbers.world.until_over(driver).await.state, State::Done);
    assert_eq!(numbers.all_of(numbers.owner).await, range(3));
}

#[tokio::test(start_paused = true)]
async fn a_driver_that_was_replaced_does_nothing() {
    let numbers = Numbers::new().await;
    let (id, driver) = numbers.stored(numbers.owner, &range(3)).await;
    let (found, mut job) = find(&*numbers.world.store, numbers.owner, &id).await.unwrap().unwrap();
    job.driver = JobId::random();
    let write = job.write(numbers.owner, Expect::Revision(found.revision)).unwrap();
    numbers.world.store.commit(vec![write]).await.unwrap();
    let _process = numbers.process().await;
    assert_eq!(numbers.world.until_over(driver).await.state, State::Done);
    assert!(numbers.all_of(numbers.owner).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_number_that_is_given_back_is_anybodys() {
    let numbers = Numbers::new().await;
    let _process = numbers.process().await;
    let (number, other): (E164, Owner) = ("+14158860001".parse().unwrap(), numbers.other().await);
    numbers.done(numbers.owner, &[number.as_str()]).await;
    let store = &*numbers.world.store;
    assert!(remove(store, other, &number, author(other), anyway).await.unwrap().is_none(), "not theirs");
    assert!(remove(store, numbers.owner, &number, author(numbers.owner), anyway).await.unwrap().is_some());
    assert_eq!(whose(store, &number).await.unwrap(), None);
    assert_eq!(numbers.done(other, &[number.as_str()]).await.successes.len(), 1);
    assert_eq!(whose(store, &number).await.unwrap().unwrap().owner, other);
}

#[tokio::test(start_paused = true)]
async fn the_numbers_of_a_deleted_account_are_free_and_its_jobs_end() {
    let numbers = Numbers::new().await;
    let other = numbers.other().await;
    let erase = Arc::new(EraseAccount { second_look: Duration::ZERO });
    let _eraser = numbers.world.process(numbers.world.store.clone(), erase).await;
    let _process = numbers.process().await;
    numbers.done(numbers.owner, &["+14158860001"]).await;
    let gone = Key::new(Owner::System, Kind::Account, numbers.world.account.hex());
    numbers.world.store.delete(gone, Expect::Present).await.unwrap();
    let (_, late) = numbers.stored(numbers.owner, &range(3)).await;
    assert_eq!(numbers.world.until_over(late).await.state, State::Done);
    assert!(numbers.world.store.get(&entry(&range(1)[0].parse().unwrap())).await.unwrap().is_none());
    let erasing = numbers.world.queue(&EraseAccount::job(numbers.world.account)).await;
    assert_eq!(numbers.world.until_over(erasing).await.state, State::Done);
    for kind in [Kind::NumberJob, Kind::NumberJobPart, Kind::PhoneNumber] {
        assert!(numbers.world.store.all(numbers.owner, kind).await.unwrap().is_empty(), "{}", kind.name());
    }
    assert_eq!(numbers.done(other, &["+14158860001"]).await.successes.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_job_that_is_over_is_kept_for_a_while_and_its_numbers_for_longer() {
    let numbers = Numbers::new().await;
    let _process = numbers.process().await;
    let store = &*numbers.world.store;
    let (old, driver) = numbers.stored(numbers.owner, &range(PART * 2)).await;
    numbers.world.until_over(driver).await;
    let (found, mut job) = find(store, numbers.owner, &old).await.unwrap().unwrap();
    (job.created, job.finished) = (job.created - 7_200, Some(job.created - 3_700));
    store.commit(vec![job.write(numbers.owner, Expect::Revision(found.revision)).unwrap()]).await.unwrap();
    let (recent, driver) = numbers.stored(numbers.owner, &["+14158860001".into()]).await;
    numbers.world.until_over(driver).await;
    // One of long ago that is not over: it may go on at any time.
    let (open, _) = numbers.stored(Owner::System, &["+14158860002".into()]).await;
    let (found, mut job) = find(store, Owner::System, &open).await.unwrap().unwrap();
    job.created -= 7_200;
    (job.status, job.finished) = (NumberJobStatus::Running, None);
    store.commit(vec![job.write(Owner::System, Expect::Revision(found.revision)).unwrap()]).await.unwrap();

    let tidy = TidyNumberJobs { retention: Duration::from_secs(3_600), pause: Duration::from_secs(60) };
    let job = crate::Job::new("tidy", None, Value::Null);
    let context = crate::Context { store: numbers.world.store.clone(), job, leases: Vec::new() };
    let step = crate::Work::step(&tidy, &context, None).await.unwrap();
    let crate::Step::More { cursor, progress } = step else { panic!("{step:?}") };
    assert_eq!(progress.done, 1);
    let rests = crate::Work::step(&tidy, &context, Some(&cursor)).await.unwrap();
    assert!(matches!(rests, crate::Step::Later { pause, .. } if pause == tidy.pause), "{rests:?}");
    assert!(find(store, numbers.owner, &old).await.unwrap().is_none());
    let parts = store.all(numbers.owner, Kind::NumberJobPart).await.unwrap();
    assert!(parts.iter().all(|part| part.key.id.starts_with(recent.as_str())) && parts.len() == 1, "{parts:?}");
    assert!(find(store, Owner::System, &open).await.unwrap().is_some());
    assert_eq!(numbers.all_of(numbers.owner).await.len(), PART * 2 + 1);
}
