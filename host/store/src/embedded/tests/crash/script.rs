//! What each task of the process that dies does, step by step.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use strowger_model::Owner;

use crate::{Author, Batch, Expect, Key, Kind, Name, Write};

pub(super) const TASKS: usize = 4;

pub(super) const KIND: Kind = Kind::Application;

pub(super) fn owner() -> Owner {
    Owner::Account("0123456789abcdef0123456789abcdef".parse().unwrap())
}

pub(super) fn audit(round: usize, task: usize) -> Name {
    Name::new(owner(), format!("audit:{round}-{task}"))
}

/// The documents of a task after some steps, by id.
pub(super) type Documents = BTreeMap<String, Value>;

fn ids(round: usize, task: usize, pair: usize) -> [String; 2] {
    ["a", "b"].map(|half| format!("{round:03}-{task}-{pair:04}-{half}"))
}

fn named(name: &str, pair: usize) -> Option<Value> {
    Some(json!({"name": format!("{name} {pair}"), "pvt_created": pair}))
}

/// What a step does to the two documents of a pair: makes them, renames them, removes those of the pair before.
fn step(round: usize, task: usize, step: usize) -> ([String; 2], Option<Value>, Expect) {
    let pair = step / 3;
    match step % 3 {
        0 => (ids(round, task, pair), named("made", pair), Expect::Absent),
        2 if pair > 0 => (ids(round, task, pair - 1), None, Expect::Present),
        _ => (ids(round, task, pair), named("renamed", pair), Expect::Present),
    }
}

pub(super) fn batch(round: usize, task: usize, number: usize) -> Batch {
    let (ids, body, expect) = step(round, task, number);
    let write = |id| Write { body: body.clone(), ..Write::delete(Key::new(owner(), KIND, id), expect.clone()) };
    let author = Author { stream: audit(round, task), by: json!({"step": number}) };
    Batch::of(ids.map(write).to_vec()).by(Some(author))
}

pub(super) fn after(round: usize, task: usize, steps: usize) -> Documents {
    let mut documents = Documents::new();
    for number in 0..steps {
        let (ids, body, _) = step(round, task, number);
        for id in ids {
            match &body {
                Some(body) => documents.insert(id, body.clone()),
                None => documents.remove(&id),
            };
        }
    }
    documents
}
