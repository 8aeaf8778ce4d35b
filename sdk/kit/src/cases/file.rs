//! The shape of a file of cases.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::KitError;

type Object = Map<String, Value>;

/// Bytes of a file of cases.
const LARGEST: u64 = 16 << 20;

/// A file of cases.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    /// For whoever reads it.
    #[serde(default, rename = "about")]
    _about: Option<String>,
    /// Parameters, formatters or hook parameters of the cases that name none.
    #[serde(default)]
    pub(crate) parameters: Object,
    /// Carrier documents, each with its `id`: the pool of a selector.
    #[serde(default)]
    pub(crate) carriers: Vec<Object>,
    /// Selector rows.
    #[serde(default)]
    pub(crate) selectors: Vec<Object>,
    /// What is tried.
    pub(crate) cases: Vec<Case>,
}

/// One case.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) parameters: Option<Object>,
    /// Of a selector: ids of the carriers that come in; the whole pool without them.
    #[serde(default)]
    pub(crate) carriers: Option<Vec<String>>,
    /// Of a selector: the call's request. Of a message provider: the request that the provider makes, `method`, `url`, `headers` and
    /// `body`, which is text or what JSON can say.
    #[serde(default)]
    pub(crate) request: Object,
    /// Unix seconds.
    #[serde(default)]
    pub(crate) time: Option<u64>,
    /// Of a formatter: which way.
    #[serde(default)]
    pub(crate) direction: Direction,
    /// Of a formatter: what is rewritten.
    #[serde(default)]
    pub(crate) fields: Object,
    /// Of a call hook: what happens.
    #[serde(default)]
    pub(crate) event: EventKind,
    /// Of a call hook: the call, where it differs from the usual one.
    #[serde(default)]
    pub(crate) call: CallFields,
    /// Of a call hook: what is told beside the call.
    #[serde(default)]
    pub(crate) payload: Object,
    /// Of a message provider: what is sent.
    #[serde(default)]
    pub(crate) message: Option<MessageFields>,
    pub(crate) expect: Expect,
}

/// What must come of it; what is left out is whatever it is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Expect {
    /// Ids in order.
    pub(crate) carriers: Option<Vec<String>>,
    /// Changes by carrier.
    pub(crate) adjusted: Map<String, Value>,
    /// Parts of reasons by carrier.
    pub(crate) reasons: Map<String, Value>,
    /// The fields of a formatter's answer, all of them.
    pub(crate) fields: Option<Object>,
    /// The verbs of a call hook's answer.
    pub(crate) verbs: Option<Vec<Value>>,
    /// The call hook goes on with the verbs that are left.
    pub(crate) goes_on: bool,
    /// Of a message provider that takes a message, that does not, and of what it reads from a request: the members that are named.
    pub(crate) accepted: Option<Value>,
    pub(crate) refused: Option<Value>,
    pub(crate) incidents: Option<Value>,
    pub(crate) reply: Option<Value>,
    /// The kind of error: `bad_parameter`, `refused`, or a limit such as `fuel`.
    pub(crate) error: Option<String>,
    /// Which parameter is bad.
    pub(crate) parameter: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Direction {
    Inbound,
    #[default]
    Outbound,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum EventKind {
    #[default]
    SessionNew,
    SessionRedirect,
    VerbHook,
    CallStatus,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CallFields {
    pub(crate) from: Option<String>,
    pub(crate) to: Option<String>,
    pub(crate) outbound: bool,
    pub(crate) tag: Option<Value>,
}

/// A message to be sent, where it differs from the usual one.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct MessageFields {
    pub(crate) from: Option<String>,
    pub(crate) to: Option<String>,
    pub(crate) text: Option<String>,
    pub(crate) media: Vec<String>,
    pub(crate) status_url: Option<String>,
}

/// Reads a file, TOML or JSON by its ending.
pub(crate) fn read(path: &Path) -> Result<File, KitError> {
    let shown = path.display().to_string();
    let invalid = |reason: String| KitError::Cases { file: shown.clone(), reason };
    let size = fs::metadata(path).map_err(KitError::file(path))?.len();
    if size > LARGEST {
        return Err(invalid(format!("more than {LARGEST} bytes")));
    }
    let text = fs::read_to_string(path).map_err(KitError::file(path))?;
    let document: Value = if path.extension().is_some_and(|ending| ending == "json") {
        serde_json::from_str(&text).map_err(|error| invalid(error.to_string()))?
    } else {
        toml::from_str(&text).map_err(|error| invalid(error.to_string()))?
    };
    let file: File = serde_path_to_error::deserialize(document)
        .map_err(|error| invalid(format!("{}: {}", error.path(), error.inner())))?;
    if file.cases.is_empty() {
        return Err(invalid("cases: a file has at least one".into()));
    }
    Ok(file)
}
