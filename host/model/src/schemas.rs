//! The JSON Schemas (2020-12) that documents are checked with, as text: for whoever describes them.

/// A carrier resource.
pub const RESOURCE: &str = include_str!("../schemas/resource.json");

/// A selector row.
pub const SELECTOR_ROW: &str = include_str!("../schemas/selector_row.json");

/// An account, as `/v2` has it.
pub const ACCOUNT: &str = include_str!("../schemas/account.json");

/// A service provider, as `/v2` has it.
pub const SERVICE_PROVIDER: &str = include_str!("../schemas/service_provider.json");

/// A user of an account.
pub const USER: &str = include_str!("../schemas/user.json");
