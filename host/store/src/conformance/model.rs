//! Any sequence of operations does to a store what it does to a few maps: a proptest state machine.

mod check;
mod machine;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use proptest::prelude::*;
use proptest_state_machine::ReferenceStateMachine;

pub(crate) use check::check;

/// One step of the machine. Documents, leases, holders and streams are a few, by number.
#[derive(Debug, Clone)]
enum Step {
    Apply { writes: Vec<Operation>, fence: Option<(u8, u8)>, is_audited: bool },
    Count { counter: u8, by: i8 },
    Acquire { lease: u8, holder: u8 },
    Renew { lease: u8, holder: u8 },
    Release { lease: u8, holder: u8 },
    Append { stream: u8, entries: u8 },
}

/// One write of a batch: what the document becomes, and what is expected of it.
#[derive(Debug, Clone, Copy)]
struct Operation {
    document: u8,
    becomes: Option<Content>,
    expect: Expectation,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Content {
    /// None of them is in the listing by name.
    name: Option<u8>,
    created: u8,
}

#[derive(Debug, Clone, Copy)]
enum Expectation {
    Anything,
    Absent,
    Present,
    Current,
    Stale,
}

/// What the store must answer.
#[derive(Debug, Clone, PartialEq)]
enum Answer {
    Done,
    Conflict,
    Fenced,
    Counted(i64),
    Taken(bool),
    Extended(bool),
}

/// The maps, and the answer to the step that led to them.
#[derive(Debug, Clone)]
struct Model {
    documents: BTreeMap<u8, Content>,
    changes: usize,
    audited: Vec<u8>,
    counters: BTreeMap<u8, i64>,
    /// Who holds each lease.
    leases: BTreeMap<u8, u8>,
    streams: BTreeMap<u8, usize>,
    answer: Answer,
}

/// Steps to take, and how many were taken, by which a failure is narrowed down.
#[derive(Debug)]
pub(crate) struct Run {
    steps: Vec<Step>,
    taken: Option<Arc<AtomicUsize>>,
}

/// Any run.
pub(crate) fn operations() -> impl Strategy<Value = Run> {
    Model::sequential_strategy(1..24).prop_map(|(_, steps, taken)| Run { steps, taken })
}

fn operation() -> impl Strategy<Value = Operation> {
    let expect = prop_oneof![
        4 => Just(Expectation::Anything),
        1 => Just(Expectation::Absent),
        1 => Just(Expectation::Present),
        1 => Just(Expectation::Current),
        1 => Just(Expectation::Stale),
    ];
    let content = (proptest::option::of(0..3_u8), 0..3_u8).prop_map(|(name, created)| Content { name, created });
    let operation = (0..4_u8, proptest::option::weighted(0.7, content), expect);
    operation.prop_map(|(document, becomes, expect)| Operation { document, becomes, expect })
}

fn step() -> impl Strategy<Value = Step> {
    let lease = || (0..2_u8, 0..2_u8);
    let writes = proptest::collection::vec(operation(), 1..4);
    let apply = (writes, proptest::option::weighted(0.3, lease()), any::<bool>());
    prop_oneof![
        6 => apply.prop_map(|(writes, fence, is_audited)| Step::Apply { writes, fence, is_audited }),
        1 => (0..2_u8, any::<i8>()).prop_map(|(counter, by)| Step::Count { counter, by }),
        2 => lease().prop_map(|(lease, holder)| Step::Acquire { lease, holder }),
        1 => lease().prop_map(|(lease, holder)| Step::Renew { lease, holder }),
        1 => lease().prop_map(|(lease, holder)| Step::Release { lease, holder }),
        1 => (0..2_u8, 0..4_u8).prop_map(|(stream, entries)| Step::Append { stream, entries }),
    ]
}
