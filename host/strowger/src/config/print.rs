//! The effective configuration as TOML.

use std::fmt::Write;

use super::kind::Shape;
use super::load::Loaded;

impl Loaded {
    /// Every setting with where its value is from; secrets are concealed.
    pub fn print(&self) -> String {
        let mut text = String::new();
        let mut section = "";
        for effective in &self.effective {
            let setting = effective.setting;
            if setting.section != section {
                section = setting.section;
                let gap = if text.is_empty() { "" } else { "\n" };
                let _ = writeln!(text, "{gap}[{section}]");
            }
            let _ = match &effective.shown {
                Some(shown) => {
                    writeln!(text, "{} = {}  # {}", setting.key, spelled(setting.shape, shown), effective.source)
                }
                None => writeln!(text, "# {} is left out", setting.key),
            };
        }
        text
    }
}

/// A value as the file writes it.
pub(super) fn spelled(shape: Shape, text: &str) -> String {
    let quoted = |text: &str| toml::Value::from(text).to_string();
    match shape {
        Shape::Text => quoted(text),
        Shape::Number | Shape::Switch => text.to_owned(),
        Shape::List => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            format!("[{}]", items.map(quoted).collect::<Vec<_>>().join(", "))
        }
    }
}
