//! `/resources/jobs`.

use super::super::description::describe;
use super::{Subject, subject};
use crate::table::Verb::{Delete, Get, Put};

pub(super) fn described() -> Subject {
    let about = "Jobs that add up to 100,000 telephone numbers at once, assigned to an account and the carrier that they come from.";
    let descriptions = vec![
        describe(Get, "/resources/jobs", "list", "jobs")
            .says(
                "Lists jobs",
                "Those of the last 31 days, unless `created_from` and `created_to` say otherwise; the latest first.",
            )
            .query(super::FILTERS)
            .pages("JobRow"),
        describe(Put, "/resources/jobs", "create", "job")
            .says(
                "Makes a job",
                "The work goes on in the background, and where it stopped after a crash. No number is added twice.",
            )
            .takes_one("JobRequest")
            .creates("Job")
            .refuses(&[409])
            .revisioned(),
        describe(Get, "/resources/jobs/{job}", "read", "job")
            .says("Reads a job", "With the numbers that were added so far, and those that could not be.")
            .shows("Job")
            .revisioned(),
        describe(Delete, "/resources/jobs/{job}", "cancel", "job")
            .says("Cancels a job", "The numbers that were added stay.")
            .shows("Job")
            .refuses(&[409])
            .revisioned(),
    ];
    subject("jobs", about, descriptions)
}
