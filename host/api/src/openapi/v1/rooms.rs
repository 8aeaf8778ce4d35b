//! `/v1/Accounts/{sid}/Conferences` and `/v1/Accounts/{sid}/Queues`.

use super::super::description::{Shape, describe};
use super::{Subject, subject};
use crate::table::Verb::{Delete, Get, Post, Put};

const CONFERENCES: &str = "/accounts/{account}/conferences";
const CONFERENCE: &str = "/accounts/{account}/conferences/{conference}";
const PARTICIPANTS: &str = "/accounts/{account}/conferences/{conference}/participants";
const PARTICIPANT: &str = "/accounts/{account}/conferences/{conference}/participants/{call}";
const QUEUES: &str = "/accounts/{account}/queues";
const QUEUE: &str = "/accounts/{account}/queues/{queue}";
const MEMBERS: &str = "/accounts/{account}/queues/{queue}/members";
const MEMBER: &str = "/accounts/{account}/queues/{queue}/members/{call}";

pub(super) fn conferences() -> Subject {
    let about = "Conferences and the calls in them. What changes who hears whom needs the mixing of media, which is not built, and is refused by its name.";
    let descriptions = vec![
        describe(Get, CONFERENCES, "list", "conferences").says("Lists the names of conferences", "").lists("V1Name"),
        describe(Post, CONFERENCES, "create", "conference")
            .says("Makes a conference", "")
            .takes_one("V1ConferenceRequest")
            .makes(),
        describe(Get, CONFERENCE, "read", "conference").says("Reads a conference", "").shows("V1Conference"),
        describe(Delete, CONFERENCE, "delete", "conference")
            .says("Ends a conference", "The calls in it go on without it.")
            .answers_nothing()
            .refuses(&[409]),
        describe(Get, PARTICIPANTS, "list", "participants")
            .says("Lists the participants of a conference", "As they came.")
            .lists("V1Participant"),
        describe(Get, PARTICIPANT, "read", "participant").says("Reads a participant", "").shows("V1Participant"),
        describe(Put, PARTICIPANT, "update", "participant")
            .says(
                "Does something with a participant",
                "`tag` and `untag` now; the other actions are checked and answered 422.",
            )
            .takes_one("V1ParticipantAction")
            .answers_nothing()
            .refuses(&[409, 422]),
        describe(Delete, PARTICIPANT, "delete", "participant")
            .says("Takes a call out of a conference", "")
            .answers_nothing()
            .refuses(&[409]),
    ];
    subject("v1 conferences", about, descriptions)
}

pub(super) fn queues() -> Subject {
    let about = "Queues and the calls that wait in them, by priority and then as they came. A call leaves its queue with its end.";
    let descriptions = vec![
        describe(Get, QUEUES, "list", "queues")
            .says("Lists queues", "")
            .query(&["queue_search"])
            .lists("V1ListedQueue"),
        describe(Post, QUEUES, "create", "queue").says("Makes a queue", "").takes_one("V1QueueRequest").makes(),
        describe(Get, QUEUE, "read", "queue").says("Reads a queue", "").shows("V1Queue"),
        describe(Delete, QUEUE, "delete", "queue")
            .says("Removes a queue", "The calls in it go on without it.")
            .answers_nothing()
            .refuses(&[409]),
        describe(Get, MEMBERS, "list", "queued_calls")
            .says("Lists the calls that wait in a queue", "The next one first.")
            .lists("V1QueuedCall"),
        describe(Post, MEMBERS, "create", "queued_call")
            .says("Has a live call wait in a queue", "400 where the call is not live, 422 where it waits already or the queue is full.")
            .takes_one("V1QueuedCallRequest")
            .makes(),
        describe(Post, "/accounts/{account}/queues/{queue}/members/front", "take", "queued_call")
            .says("Takes the next call out of a queue", "Nobody else gets the same one. With `call_hook` it is handed to that hook; where that cannot be, it waits on where it waited.")
            .may_take("V1TakeRequest")
            .answers(200, Shape::One("V1QueuedCall"), "The call.")
            .refuses(&[409, 422]),
        describe(Get, MEMBER, "read", "queued_call").says("Reads a call that waits", "").shows("V1QueuedCall"),
        describe(Put, MEMBER, "update", "queued_call")
            .says("Gives a waiting call another priority", "")
            .takes_one("V1QueuedCallChange")
            .answers_nothing()
            .refuses(&[409]),
        describe(Delete, MEMBER, "delete", "queued_call")
            .says("Takes a call out of a queue", "")
            .answers_nothing()
            .refuses(&[409]),
    ];
    subject("v1 queues", about, descriptions)
}
