//! The documents of a bulk job. That of the job itself is small and written with each part; the numbers and what became of them lie in
//! parts, each of which is written twice, so that a job costs what its numbers cost, however many they are.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use strowger_model::Owner;
use strowger_model::number_job::{NumberJobId, NumberJobStatus};
use strowger_model::phone_number::{E164, NumberModule, NumberState, PhoneNumber};
use strowger_store::{Expect, Key, Kind, StoreError, Write};

use crate::{JobId, Progress};

/// Numbers of a part. It is as many as one batch may change without the change feed going over to "much has changed", upon which
/// everybody who listens would read everything anew.
pub(super) const PART: usize = 250;

/// A request to add many numbers, and how far it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NumberJob {
    /// Its id.
    pub id: NumberJobId,
    /// The carrier resource that the numbers come from.
    pub resource_id: String,
    /// Its name, and what else the request said.
    #[serde(flatten)]
    pub fields: Map<String, Value>,
    /// Where it stands.
    #[serde(rename = "pvt_status")]
    pub status: NumberJobStatus,
    /// Whose resource it is.
    #[serde(rename = "pvt_module_name")]
    pub module: NumberModule,
    /// Numbers that were added.
    #[serde(rename = "pvt_successes")]
    pub successes: u64,
    /// Numbers that were not.
    #[serde(rename = "pvt_errors")]
    pub errors: u64,
    /// Different numbers of the request.
    #[serde(rename = "pvt_total")]
    pub total: u64,
    /// Parts that they lie in.
    #[serde(rename = "pvt_parts")]
    pub(super) parts: u32,
    /// The part that comes next.
    #[serde(rename = "pvt_next")]
    pub(super) next: u32,
    /// The one background job that may go on with it.
    #[serde(rename = "pvt_job")]
    pub(super) driver: JobId,
    /// When it was made, in Gregorian seconds.
    #[serde(rename = "pvt_created")]
    pub created: i64,
    /// When it was written last.
    #[serde(rename = "pvt_modified")]
    pub modified: i64,
    /// When it was over.
    #[serde(rename = "pvt_finished", default, skip_serializing_if = "Option::is_none")]
    pub finished: Option<i64>,
}

impl NumberJob {
    /// How far it is.
    #[must_use]
    pub fn progress(&self) -> Progress {
        Progress { done: self.successes.saturating_add(self.errors), total: Some(self.total) }
    }

    /// The document of a number that it adds, or added, at that second.
    pub(super) fn number(&self, id: E164, at: i64) -> PhoneNumber {
        PhoneNumber {
            id,
            state: NumberState::Reserved,
            resource_id: Some(self.resource_id.clone()),
            module_name: self.module,
            created: at,
            modified: at,
            job: Some(self.id.to_string()),
            application: None,
            provider: None,
        }
    }

    pub(super) fn end(&mut self, status: NumberJobStatus, at: i64) {
        (self.status, self.modified, self.finished) = (status, at, Some(at));
    }

    pub(super) fn write(&self, owner: Owner, expect: Expect) -> Result<Write, StoreError> {
        let mut body = body(self)?;
        if let Value::Object(fields) = &mut body {
            fields.insert("pvt_type".into(), "resource_job".into());
            fields.extend(owner.account().map(|account| ("pvt_account_id".into(), account.hex().into())));
        }
        Ok(Write::put(key(owner, &self.id), body, expect))
    }
}

/// Some numbers of a job, in the order in which they were given.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Part {
    /// As they were given.
    pub(super) numbers: Vec<String>,
    /// Those, by their place, that mean the same as an earlier one of the job: nothing becomes of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) repeats: Vec<u32>,
    /// What became of each; empty while it is not known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) outcomes: Vec<Option<Outcome>>,
    /// When that was known, in Gregorian seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) at: Option<i64>,
}

/// What became of a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Outcome {
    /// It was added, in this form.
    Added(E164),
    /// It was not.
    Refused(Refusal),
}

/// Why a number was not added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// A word for it.
    pub reason: Reason,
    /// In words for people.
    pub message: String,
}

/// The words for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It is no number that means the same everywhere.
    NotReconcilable,
    /// The owner of the job has it already.
    NumberExists,
    /// Another account has it, or the installation's pool.
    AssignedElsewhere,
}

impl Refusal {
    pub(super) fn of(number: &str, reason: Reason) -> Self {
        let message = match reason {
            Reason::NotReconcilable => format!("'{number}' is not a telephone number that means the same everywhere"),
            Reason::NumberExists => format!("number {number} already exists"),
            Reason::AssignedElsewhere => format!("number {number} is assigned to another account"),
        };
        Self { reason, message }
    }
}

impl Part {
    /// What can be told of each number without asking anybody; none for those that say the same as an earlier one.
    pub(super) fn read(&self) -> Vec<Option<Result<E164, Refusal>>> {
        let mut repeats = self.repeats.iter().copied().peekable();
        let place = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
        let number = |(index, given): (usize, &String)| {
            if repeats.next_if_eq(&place(index)).is_some() {
                return None;
            }
            Some(given.parse().map_err(|_| Refusal::of(given, Reason::NotReconcilable)))
        };
        self.numbers.iter().enumerate().map(number).collect()
    }

    /// The different numbers in it.
    pub(super) fn candidates(&self) -> Vec<E164> {
        self.read().into_iter().flatten().filter_map(Result::ok).collect()
    }

    pub(super) fn write(
        &self,
        owner: Owner,
        job: &NumberJobId,
        number: u32,
        expect: Expect,
    ) -> Result<Write, StoreError> {
        Ok(Write::put(part_key(owner, job, number), body(self)?, expect))
    }
}

fn body(document: &impl Serialize) -> Result<Value, StoreError> {
    serde_json::to_value(document).map_err(|error| StoreError::Fault(error.to_string()))
}

/// Where a bulk job lies.
pub(super) fn key(owner: Owner, id: &NumberJobId) -> Key {
    Key::new(owner, Kind::NumberJob, id.as_str())
}

pub(super) fn part_key(owner: Owner, id: &NumberJobId, number: u32) -> Key {
    Key::new(owner, Kind::NumberJobPart, format!("{id}:{number:06}"))
}
