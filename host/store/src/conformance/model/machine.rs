use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest_state_machine::ReferenceStateMachine;

use super::{Answer, Expectation, Model, Operation, Step, step};

impl ReferenceStateMachine for Model {
    type State = Self;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self::empty()).boxed()
    }

    fn transitions(_: &Self) -> BoxedStrategy<Step> {
        step().boxed()
    }

    fn apply(mut model: Self, step: &Step) -> Self {
        model.answer = model.take(step);
        model
    }
}

impl Model {
    pub(super) fn empty() -> Self {
        Self {
            documents: BTreeMap::new(),
            changes: 0,
            audited: Vec::new(),
            counters: BTreeMap::new(),
            leases: BTreeMap::new(),
            streams: BTreeMap::new(),
            answer: Answer::Done,
        }
    }

    fn take(&mut self, step: &Step) -> Answer {
        match step {
            Step::Apply { fence: Some((lease, holder)), .. } if self.leases.get(lease) != Some(holder) => {
                Answer::Fenced
            }
            Step::Apply { writes, is_audited, .. } => self.write(writes, *is_audited),
            Step::Count { counter, by } => {
                let value = self.counters.entry(*counter).or_default();
                *value += i64::from(*by);
                Answer::Counted(*value)
            }
            Step::Acquire { lease, holder } => Answer::Taken(self.leases.entry(*lease).or_insert(*holder) == holder),
            Step::Renew { lease, holder } => Answer::Extended(self.leases.get(lease) == Some(holder)),
            Step::Release { lease, holder } => {
                if self.leases.get(lease) == Some(holder) {
                    self.leases.remove(lease);
                }
                Answer::Done
            }
            Step::Append { stream, entries } => {
                *self.streams.entry(*stream).or_default() += usize::from(*entries);
                Answer::Done
            }
        }
    }

    fn write(&mut self, writes: &[Operation], is_audited: bool) -> Answer {
        let mut documents = self.documents.clone();
        let mut written = BTreeSet::new();
        let mut changed = Vec::new();
        for Operation { document, becomes, expect } in writes {
            let exists = documents.contains_key(document);
            let holds = match expect {
                Expectation::Anything => true,
                Expectation::Absent => !exists,
                Expectation::Present => exists,
                // It is the revision before the batch, which what the batch has written is past.
                Expectation::Current => exists && !written.contains(document),
                Expectation::Stale => false,
            };
            if !holds {
                return Answer::Conflict;
            }
            match becomes {
                Some(content) => drop(documents.insert(*document, *content)),
                None => drop(documents.remove(document)),
            }
            written.insert(*document);
            if exists || becomes.is_some() {
                changed.push(*document);
            }
        }
        self.documents = documents;
        self.changes += changed.len();
        if is_audited {
            self.audited.extend(changed);
        }
        Answer::Done
    }
}
