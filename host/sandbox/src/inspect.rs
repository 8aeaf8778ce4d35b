//! What a component is by its outside: its preamble, its exports, its imports. Nothing of it runs here.

use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::grants::Capability;
use crate::install_error::InstallError;
use crate::kind::ModuleKind;
use crate::limits::Limits;
use crate::offer;

/// Bytes of a component.
pub const MAX_COMPONENT: usize = 64 << 20;
/// Bytes of a page of linear memory.
const PAGE: u64 = 64 << 10;
const PACKAGE: &str = "strowger:plugin/";
const VERSION: &str = "0.1.0";

/// SHA-256 in hex.
pub(crate) fn digest(component: &[u8]) -> String {
    use std::fmt::Write;
    Sha256::digest(component).iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What can be told from the first bytes: whether it is worth compiling at all.
///
/// # Errors
/// [`InstallError`]: precompiled code, a core module, no WebAssembly at all, too many bytes.
pub fn preamble(component: &[u8]) -> Result<(), InstallError> {
    if component.len() > MAX_COMPONENT {
        return Err(InstallError::TooLarge(component.len()));
    }
    if Engine::detect_precompiled(component).is_some() {
        return Err(InstallError::Precompiled);
    }
    // Version and layer of the preamble tell a component from a core module (component-model Binary.md).
    match component.get(..8) {
        Some(b"\0asm\x01\0\0\0") => Err(InstallError::CoreModule),
        Some([b'\0', b'a', b's', b'm', ..]) => Ok(()),
        _ => Err(InstallError::Invalid("it does not begin with the preamble of WebAssembly".into())),
    }
}

/// Name and version of an interface of ours.
fn ours(export: &str) -> Option<(&str, &str)> {
    export.strip_prefix(PACKAGE)?.split_once('@')
}

/// Imports and exports of a component.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Outside {
    pub(crate) imports: Vec<String>,
    pub(crate) exports: Vec<String>,
    /// Bytes of its memories at the start.
    pub(crate) initial_memory: u64,
}

impl Outside {
    pub(crate) fn of(engine: &Engine, component: &Component) -> Self {
        let component_type = component.component_type();
        let required = component.resources_required();
        let pages = required.and_then(|required| required.max_initial_memory_size).unwrap_or(0);
        Self {
            imports: component_type.imports(engine).map(|(name, _)| name.to_owned()).collect(),
            exports: component_type.exports(engine).map(|(name, _)| name.to_owned()).collect(),
            initial_memory: pages.saturating_mul(PAGE),
        }
    }

    /// The kind that its exports say.
    pub(crate) fn kind(&self) -> Result<ModuleKind, InstallError> {
        let mut found = None;
        for (name, version) in self.exports.iter().filter_map(|export| ours(export)) {
            let Some(kind) = ModuleKind::ALL.into_iter().find(|kind| kind.name() == name) else { continue };
            if version != VERSION {
                return Err(InstallError::WorldVersion(format!("{PACKAGE}{name}@{version}")));
            }
            if let Some(other) = found.replace(kind) {
                return Err(InstallError::TwoWorlds(ModuleKind::name(other), kind.name()));
            }
        }
        let kind = found.ok_or(InstallError::UnknownWorld)?;
        let describes = self.exports.iter().any(|export| ours(export) == Some(("describe", VERSION)));
        if describes { Ok(kind) } else { Err(InstallError::MissingExport(format!("{PACKAGE}describe@{VERSION}"))) }
    }

    /// All that is wrong with its imports.
    pub(crate) fn faults(&self, kind: ModuleKind, limits: &Limits) -> Vec<InstallError> {
        let forbidden = self.imports.iter().filter(|import| !offer::is_offered(kind, import));
        let mut faults: Vec<InstallError> =
            forbidden.map(|import| InstallError::ForbiddenImport(import.clone(), kind.name())).collect();
        let most = u64::try_from(limits.memory_bytes).unwrap_or(u64::MAX);
        if self.initial_memory > most {
            faults.push(InstallError::InitialMemory(self.initial_memory, most));
        }
        faults
    }

    /// The capabilities that its imports ask for.
    pub(crate) fn capabilities(&self) -> Vec<Capability> {
        let interfaces = self.imports.iter().filter_map(|import| import.split('@').next());
        let mut asked: Vec<Capability> = interfaces.filter_map(offer::capability).collect();
        asked.sort();
        asked.dedup();
        asked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exporting(exports: &[&str]) -> Result<ModuleKind, InstallError> {
        let exports = exports.iter().map(|name| (*name).to_owned()).collect();
        Outside { exports, ..Outside::default() }.kind()
    }

    #[test]
    fn the_kind_is_what_is_exported() {
        let describe = "strowger:plugin/describe@0.1.0";
        assert_eq!(exporting(&["strowger:plugin/selector@0.1.0", describe]), Ok(ModuleKind::Selector));
        assert_eq!(exporting(&[describe]), Err(InstallError::UnknownWorld));
        let missing = exporting(&["strowger:plugin/selector@0.1.0"]);
        assert_eq!(missing, Err(InstallError::MissingExport(describe.into())));
        let later = "strowger:plugin/selector@0.2.0";
        assert_eq!(exporting(&[later, describe]), Err(InstallError::WorldVersion(later.into())));
        let two = exporting(&["strowger:plugin/selector@0.1.0", "strowger:plugin/formatter@0.1.0", describe]);
        assert_eq!(two, Err(InstallError::TwoWorlds("selector", "formatter")));
    }

    #[test]
    fn every_import_that_is_not_offered_is_told() {
        let imports =
            ["strowger:plugin/log@0.1.0", "wasi:http/incoming-handler@0.2.3", "strowger:plugin/rows@0.1.0", "env"];
        let outside = Outside { imports: imports.map(str::to_owned).to_vec(), ..Outside::default() };
        let told: Vec<String> =
            outside.faults(ModuleKind::Formatter, &Limits::default()).iter().map(ToString::to_string).collect();
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(told.iter().all(|fault| fault.contains("not offered to a formatter")), "{told:?}");
    }

    #[test]
    fn the_preamble_tells_what_it_is() {
        assert_eq!(preamble(b"\0asm\x01\0\0\0"), Err(InstallError::CoreModule));
        assert!(matches!(preamble(b"hello"), Err(InstallError::Invalid(_))));
        assert_eq!(preamble(b"\0asm\x0d\0\x01\0"), Ok(()));
    }

    #[test]
    fn a_digest_is_sha_256() {
        assert!(digest(b"").starts_with("e3b0c44298fc1c14"));
    }
}
