//! A pool, a call and what the host knows of them, to try selectors on.

use std::cell::RefCell;

use serde_json::{Value, json};

use super::host::{self, Decision};
use super::rows::Row;
use crate::PluginError;
use crate::selector::{Adjustment, Call, Carrier, Selection, Selector};

/// A carrier as the host hands it over, from its document with its `id`; what the document lacks has the schema's default.
#[must_use]
pub fn carrier(document: &Value) -> Carrier {
    let text = |key: &str| document.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let list = |key: &str| {
        let entries = document.get(key).and_then(Value::as_array).into_iter().flatten();
        entries.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let weight = document.get("weight_cost").and_then(Value::as_u64).unwrap_or(50);
    Carrier {
        id: text("id"),
        name: text("name"),
        weight_cost: u32::try_from(weight).unwrap_or(u32::MAX),
        flags: list("flags"),
        rules: list("rules"),
        cid_rules: list("cid_rules"),
        document: document.to_string(),
    }
}

/// One decision about one call, over a pool of carriers. The steps tried on it share what the host remembers of a decision.
#[derive(Debug)]
pub struct Trial {
    pool: Vec<Carrier>,
    decision: RefCell<Decision>,
}

impl Trial {
    /// Over an array of carrier documents. Reasons are asked for.
    #[must_use]
    pub fn of(carriers: &Value) -> Self {
        let pool = carriers.as_array().into_iter().flatten().map(carrier).collect();
        Self { pool, decision: RefCell::new(Decision { tracing: true, ..Decision::default() }) }
    }

    /// The dialled number.
    #[must_use]
    pub fn calling(mut self, number: &str) -> Self {
        self.decision.get_mut().number = number.into();
        self
    }

    /// The caller id number.
    #[must_use]
    pub fn from(mut self, number: &str) -> Self {
        self.decision.get_mut().cid_number = Some(number.into());
        self
    }

    /// The moment of the call, in Unix seconds.
    #[must_use]
    pub fn at(mut self, time: u64) -> Self {
        self.decision.get_mut().now = time;
        self
    }

    /// A field of the request.
    #[must_use]
    pub fn field(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.decision.get_mut().request.insert(name.into(), value.into());
        self
    }

    /// The request's `Flags`.
    #[must_use]
    pub fn flags<const N: usize>(self, flags: [&str; N]) -> Self {
        self.field("Flags", json!(flags.as_slice()))
    }

    /// The account's selector rows, as documents.
    #[must_use]
    pub fn rows(mut self, rows: &Value) -> Self {
        let ids: Vec<String> = self.pool.iter().map(|carrier| carrier.id.clone()).collect();
        self.decision.get_mut().rows =
            rows.as_array().into_iter().flatten().filter_map(|row| Row::read(row, &ids)).collect();
        self
    }

    /// Nobody asks for reasons.
    #[must_use]
    pub fn untraced(mut self) -> Self {
        self.decision.get_mut().tracing = false;
        self
    }

    /// The pool.
    #[must_use]
    pub fn pool(&self) -> &[Carrier] {
        &self.pool
    }

    /// Prepares a selector for the pool and asks it about the call.
    ///
    /// # Errors
    /// The selector's own.
    pub fn step<S: Selector>(&self, parameters: &Value, rows: Vec<u32>) -> Result<Selection, PluginError> {
        self.during(|call| {
            let parameters = crate::error::read_parameters(&parameters.to_string())?;
            S::prepare(parameters, &self.pool)?.select(call, rows)
        })
    }

    /// Runs code that asks the host, as a plugin would during this decision.
    pub fn during<T>(&self, plugin: impl FnOnce(&Call) -> T) -> T {
        let (answer, after) = host::during(self.decision.take(), || plugin(&Call::default()));
        self.decision.replace(after);
        answer
    }

    /// Gives a selector the whole pool.
    ///
    /// # Errors
    /// The selector's own.
    pub fn try_run<S: Selector>(&self, parameters: &Value) -> Result<Outcome<'_>, PluginError> {
        let selection = self.step::<S>(parameters, (0..).take(self.pool.len()).collect())?;
        let reasons = std::mem::take(&mut self.decision.borrow_mut().reasons);
        Ok(Outcome { pool: &self.pool, selection, reasons })
    }

    /// Gives a selector the whole pool.
    ///
    /// # Panics
    /// Where the selector refuses.
    #[must_use]
    #[expect(clippy::panic, reason = "a test that gets no answer has failed")]
    pub fn run<S: Selector>(&self, parameters: &Value) -> Outcome<'_> {
        self.try_run::<S>(parameters).unwrap_or_else(|error| panic!("the selector refused: {error}"))
    }
}

/// What a selector answered.
#[derive(Debug)]
pub struct Outcome<'t> {
    pool: &'t [Carrier],
    selection: Selection,
    reasons: Vec<(u32, String)>,
}

impl Outcome<'_> {
    /// Ids of the carriers that go on, in order.
    #[must_use]
    pub fn ids(&self) -> Vec<&str> {
        let carriers = self.selection.rows.iter().filter_map(|&row| self.pool.get(row as usize));
        carriers.map(|carrier| carrier.id.as_str()).collect()
    }

    /// What the selector changes of a carrier.
    #[must_use]
    pub fn adjustment(&self, id: &str) -> Option<&Adjustment> {
        let row = self.row(id)?;
        self.selection.adjustments.iter().find(|adjustment| adjustment.rows.contains(&row))
    }

    /// The part of the number to dial through a carrier, where the selector sets one.
    #[must_use]
    pub fn dialled(&self, id: &str) -> Option<&str> {
        self.adjustment(id)?.dialled.as_deref()
    }

    /// Why a carrier was dropped, kept or moved.
    #[must_use]
    pub fn reason(&self, id: &str) -> Option<&str> {
        let row = self.row(id)?;
        self.reasons.iter().find(|(of, _)| *of == row).map(|(_, text)| text.as_str())
    }

    fn row(&self, id: &str) -> Option<u32> {
        self.pool.iter().position(|carrier| carrier.id == id).and_then(|row| u32::try_from(row).ok())
    }
}
