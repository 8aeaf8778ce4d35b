//! Selectors: the steps of a routing chain.

use std::cell::OnceCell;

use serde::de::DeserializeOwned;

pub use crate::bindings::selector::{Adjustment, Carrier, Selection};
use crate::bindings::{describe, selector};
use crate::error::read_parameters;
use crate::services::call;
use crate::{Description, PluginError};

/// The call to be routed. What a selector asks for is brought in from the host, once.
#[derive(Debug, Default)]
pub struct Call {
    number: OnceCell<String>,
    cid_number: OnceCell<Option<String>>,
}

impl Call {
    /// The dialled number, normalised to E.164 unless the request bypasses that.
    #[must_use]
    pub fn number(&self) -> &str {
        self.number.get_or_init(call::number)
    }

    /// The caller id number.
    #[must_use]
    pub fn cid_number(&self) -> Option<&str> {
        self.cid_number.get_or_init(call::cid_number).as_deref()
    }

    /// The moment of the call, in Unix seconds.
    #[must_use]
    pub fn time(&self) -> u64 {
        call::time()
    }
}

/// A step of a routing chain: prepared once for a pool of carriers, then asked about every call.
pub trait Selector: Sized + 'static {
    /// What the chain gives it.
    type Parameters: DeserializeOwned;

    /// Its summary and the schema of its parameters.
    const DESCRIPTION: Description;

    /// Does once what need not be done for every call. A carrier's row is its index in `pool`.
    ///
    /// # Errors
    /// Where the parameters cannot be used.
    fn prepare(parameters: Self::Parameters, pool: &[Carrier]) -> Result<Self, PluginError>;

    /// Answers one call: which of the carriers that came in go on, and in which order.
    ///
    /// # Errors
    /// Where this call cannot be answered; the step's `on_error` decides what becomes of it.
    fn select(&self, call: &Call, rows: Vec<u32>) -> Result<Selection, PluginError>;
}

/// Carriers to be tried in that order, as they are.
impl From<Vec<u32>> for Selection {
    fn from(rows: Vec<u32>) -> Self {
        Self { rows, adjustments: Vec::new() }
    }
}

/// How many adjustments back an equal one is looked for: carriers differ in few ways, and a step must not be quadratic.
const ALIKE_WITHIN: usize = 8;

impl Selection {
    /// Adds a change, to an equal one where there is one.
    pub fn adjust(&mut self, adjustment: Adjustment) {
        let recent = self.adjustments.iter_mut().rev().take(ALIKE_WITHIN);
        match recent.into_iter().find(|earlier| earlier.changes_as(&adjustment)) {
            Some(earlier) => earlier.rows.extend(adjustment.rows),
            None => self.adjustments.push(adjustment),
        }
    }
}

impl Adjustment {
    /// A change of nothing yet to these carriers, for struct update syntax.
    #[must_use]
    pub fn of(rows: impl Into<Vec<u32>>) -> Self {
        let rows = rows.into();
        Self { rows, dialled: None, prefix: None, suffix: None, emergency: None, weight: None, variant: None }
    }

    fn changes_as(&self, other: &Self) -> bool {
        let Self { rows: _, dialled, prefix, suffix, emergency, weight, variant } = self;
        (dialled, prefix, suffix, variant) == (&other.dialled, &other.prefix, &other.suffix, &other.variant)
            && (emergency, weight) == (&other.emergency, &other.weight)
    }
}

/// Counts as a use of the type where no component is built, and tells the author early what the type lacks.
#[doc(hidden)]
pub fn exportable<S: Selector>() {}

/// The interfaces of the contract on top of a [`Selector`].
#[doc(hidden)]
pub struct Exported<S>(S);

impl<S: Selector> describe::Guest for Exported<S> {
    fn describe() -> describe::Description {
        S::DESCRIPTION.of_kind(describe::Kind::Selector)
    }
}

impl<S: Selector> selector::Guest for Exported<S> {
    type Step = Self;
}

impl<S: Selector> selector::GuestStep for Exported<S> {
    fn prepare(parameters: String, pool: Vec<Carrier>) -> Result<selector::Step, PluginError> {
        let prepared = S::prepare(read_parameters(&parameters)?, &pool)?;
        Ok(selector::Step::new(Self(prepared)))
    }

    fn select(&self, rows: Vec<u32>) -> Result<Selection, PluginError> {
        self.0.select(&Call::default(), rows)
    }
}

/// Makes a [`Selector`](crate::selector::Selector) the component's.
#[macro_export]
macro_rules! export_selector {
    ($selector:ty) => {
        const _: fn() = $crate::selector::exportable::<$selector>;
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            type Component = $crate::selector::Exported<$selector>;
    $crate::bindings::describe::export_describe_interface!(Component with_types_in $crate::bindings::describe);
    $crate::bindings::selector::export_selector_interface!(Component with_types_in $crate::bindings::selector);
        };
    };
}
