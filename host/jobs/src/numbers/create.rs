//! Making a bulk job.

use std::collections::HashSet;

use ::time::OffsetDateTime;
use serde_json::json;
use strowger_model::number_job::{NumberJobId, NumberJobRequest, NumberJobStatus};
use strowger_model::phone_number::{E164, NumberModule};
use strowger_model::{Owner, time};
use strowger_store::{Expect, StoreError, Write};

use super::document::{NumberJob, PART, Part};
use super::work::{Input, NAME};
use crate::Job;

/// A bulk job that is not stored.
pub struct NewNumberJob {
    /// Its id.
    pub id: NumberJobId,
    /// What drives it: to be queued before the documents are stored, so that no documents are left that nobody works on. Where they
    /// are never stored, it ends by itself.
    pub driver: Job,
    /// Its documents, all of its owner.
    pub writes: Vec<Write>,
}

impl NewNumberJob {
    /// Lays a request out. With many numbers that takes a moment of computing.
    ///
    /// # Errors
    /// [`StoreError::Fault`] where it cannot be written as JSON.
    pub fn of(owner: Owner, request: NumberJobRequest, module: NumberModule) -> Result<Self, StoreError> {
        // Jobs of the same second are listed in the order of their ids.
        let moment = OffsetDateTime::now_utc();
        let (id, now) = (NumberJobId::random(moment), time::to_gregorian(moment.unix_timestamp()));
        let driver = driver(owner, &id);
        let (parts, total) = parts(request.numbers);
        let job = NumberJob {
            id: id.clone(),
            resource_id: request.resource_id,
            fields: request.fields,
            status: NumberJobStatus::Pending,
            module,
            successes: 0,
            errors: 0,
            total,
            parts: u32::try_from(parts.len()).unwrap_or(u32::MAX),
            next: 0,
            driver: driver.id,
            created: now,
            modified: now,
            finished: None,
        };
        let mut writes = vec![job.write(owner, Expect::Absent)?];
        for (number, part) in (0..).zip(&parts) {
            writes.push(part.write(owner, &id, number, Expect::Absent)?);
        }
        Ok(Self { id, driver, writes })
    }
}

/// The background job that goes on with a bulk job.
pub(super) fn driver(owner: Owner, id: &NumberJobId) -> Job {
    Job::new(NAME, owner.account(), json!(Input { number_job: id.clone() }))
}

/// The numbers in parts, and how many different ones there are.
fn parts(numbers: Vec<String>) -> (Vec<Part>, u64) {
    let mut seen = HashSet::with_capacity(numbers.len());
    let mut parts: Vec<Part> = Vec::with_capacity(numbers.len().div_ceil(PART));
    for given in numbers {
        let means = given.parse::<E164>().map_or_else(|_| given.clone(), |number| number.to_string());
        if parts.last().is_none_or(|part| part.numbers.len() == PART) {
            parts.push(Part::default());
        }
        let Some(part) = parts.last_mut() else { continue };
        if !seen.insert(means) {
            part.repeats.push(u32::try_from(part.numbers.len()).unwrap_or(u32::MAX));
        }
        part.numbers.push(given);
    }
    (parts, seen.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_mean_the_same_are_marked_and_all_are_kept_in_order() {
        let mut numbers: Vec<String> = (0..PART).map(|n| format!("+1415886{n:04}")).collect();
        numbers.extend(["4158860007".to_owned(), "hello".to_owned(), "hello".to_owned(), "+14158869999".to_owned()]);
        let (parts, total) = parts(numbers.clone());
        assert_eq!((parts.len(), total), (2, PART as u64 + 2));
        assert_eq!((parts[0].repeats.as_slice(), parts[1].repeats.as_slice()), (&[][..], &[0, 2][..]));
        assert_eq!(parts.iter().flat_map(|part| part.numbers.clone()).collect::<Vec<_>>(), numbers);
        let read = parts[1].read();
        assert!(matches!(read.as_slice(), [None, Some(Err(_)), None, Some(Ok(_))]), "{read:?}");
        assert_eq!(parts[1].candidates(), ["+14158869999".parse().unwrap()]);
    }
}
