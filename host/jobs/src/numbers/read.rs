//! Reading a bulk job.

use serde::Serialize;
use strowger_model::Owner;
use strowger_model::number_job::NumberJobId;
use strowger_store::{Document, Kind, Scan, Store, StoreError};

use super::document::{NumberJob, Outcome, Part, key};

/// Parts that are read at once.
const PAGE: usize = 50;

/// A bulk job's document, and the job as it says.
///
/// # Errors
/// Those of the store.
pub async fn find(
    store: &dyn Store,
    owner: Owner,
    id: &NumberJobId,
) -> Result<Option<(Document, NumberJob)>, StoreError> {
    let Some(document) = store.get(&key(owner, id)).await? else { return Ok(None) };
    let job = document.decode()?;
    Ok(Some((document, job)))
}

/// The numbers of a bulk job and what became of them so far, as JSON text: of 100,000 numbers a tenth of what they would take as values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcomes {
    /// An array of them, as they were given.
    pub numbers: Vec<u8>,
    /// An object of what is known of each number that was added, by the number.
    pub successes: Vec<u8>,
    /// An object of why others were not, by the number as it was given.
    pub errors: Vec<u8>,
}

/// Everything that is known of a job's numbers.
///
/// # Errors
/// Those of the store.
pub async fn outcomes(store: &dyn Store, owner: Owner, job: &NumberJob) -> Result<Outcomes, StoreError> {
    let (mut numbers, mut successes, mut errors) = (vec![b'['], vec![b'{'], vec![b'{']);
    let mut scan = Scan::of(owner, Kind::NumberJobPart).prefix(&format!("{}:", job.id)).limit(PAGE);
    loop {
        let page = store.scan(&scan).await?;
        for document in page.documents {
            let Part { numbers: given, outcomes, at, .. } = document.decode()?;
            for (given, outcome) in given.iter().zip(outcomes) {
                match outcome {
                    Some(Outcome::Added(number)) => {
                        let told = job.number(number, at.unwrap_or(job.modified));
                        member(&mut successes, told.id.as_str(), &told.shown())?;
                    }
                    Some(Outcome::Refused(refusal)) => member(&mut errors, given, &refusal)?,
                    None => {}
                }
            }
            for number in &given {
                item(&mut numbers, number)?;
            }
        }
        match page.next {
            Some(next) => scan.after = Some(next),
            None => break,
        }
    }
    for (text, end) in [(&mut numbers, b']'), (&mut successes, b'}'), (&mut errors, b'}')] {
        text.push(end);
    }
    Ok(Outcomes { numbers, successes, errors })
}

fn item(text: &mut Vec<u8>, value: &impl Serialize) -> Result<(), StoreError> {
    if text.len() > 1 {
        text.push(b',');
    }
    written(text, value)
}

fn member(text: &mut Vec<u8>, name: &str, value: &impl Serialize) -> Result<(), StoreError> {
    item(text, &name)?;
    text.push(b':');
    written(text, value)
}

fn written(text: &mut Vec<u8>, value: &impl Serialize) -> Result<(), StoreError> {
    serde_json::to_writer(text, value).map_err(|error| StoreError::Fault(error.to_string()))
}
