//! From a core module to a component.

use wit_component::ComponentEncoder;

use crate::BuildError;

/// Wraps a core module in the worlds that its SDK has left in it as custom sections, and checks the outcome.
///
/// # Errors
/// [`BuildError::Encode`] where the module is no plugin.
pub fn encode(package: &str, module: &[u8]) -> Result<Vec<u8>, BuildError> {
    ComponentEncoder::default()
        .module(module)
        .and_then(|encoder| encoder.validate(true).encode())
        .map_err(|error| BuildError::Encode { package: package.into(), reason: format!("{error:#}") })
}
