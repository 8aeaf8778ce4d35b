//! Formatters: what rewrites the fields of a request or of a carrier's endpoint.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

pub use crate::bindings::formatter::Direction;
use crate::bindings::{describe, formatter};
use crate::error::read_parameters;
use crate::{Description, PluginError};

/// A request formatter: prepared once for a document's formatters, then applied to each request or endpoint.
pub trait Formatter: Sized + 'static {
    /// The document's formatters.
    type Parameters: DeserializeOwned;

    /// Its summary and the schema of its parameters.
    const DESCRIPTION: Description;

    /// Does once what need not be done for every request.
    ///
    /// # Errors
    /// Where the formatters cannot be used.
    fn prepare(parameters: Self::Parameters) -> Result<Self, PluginError>;

    /// Rewrites `fields`, by their documented names.
    ///
    /// # Errors
    /// Where they cannot be rewritten.
    fn apply(&self, direction: Direction, fields: &mut Map<String, Value>) -> Result<(), PluginError>;
}

/// Counts as a use of the type where no component is built, and tells the author early what the type lacks.
#[doc(hidden)]
pub fn exportable<F: Formatter>() {}

/// The interfaces of the contract on top of a [`Formatter`].
#[doc(hidden)]
pub struct Exported<F>(F);

impl<F: Formatter> describe::Guest for Exported<F> {
    fn describe() -> describe::Description {
        F::DESCRIPTION.of_kind(describe::Kind::Formatter)
    }
}

impl<F: Formatter> formatter::Guest for Exported<F> {
    type Rewriter = Self;
}

impl<F: Formatter> formatter::GuestRewriter for Exported<F> {
    fn prepare(formatters: String) -> Result<formatter::Rewriter, PluginError> {
        let prepared = F::prepare(read_parameters(&formatters)?)?;
        Ok(formatter::Rewriter::new(Self(prepared)))
    }

    fn apply(&self, direction: Direction, fields: String) -> Result<String, PluginError> {
        let mut fields = serde_json::from_str(&fields)
            .map_err(|error| PluginError::failed(format!("the fields are no JSON object: {error}")))?;
        self.0.apply(direction, &mut fields)?;
        Ok(Value::Object(fields).to_string())
    }
}

/// Makes a [`Formatter`](crate::formatter::Formatter) the component's.
#[macro_export]
macro_rules! export_formatter {
    ($formatter:ty) => {
        const _: fn() = $crate::formatter::exportable::<$formatter>;
        #[cfg(target_arch = "wasm32")]
        const _: () = {
            type Component = $crate::formatter::Exported<$formatter>;
            $crate::bindings::describe::export_describe_interface!(Component with_types_in $crate::bindings::describe);
            $crate::bindings::formatter::export_formatter_interface!(Component with_types_in $crate::bindings::formatter);
        };
    };
}
