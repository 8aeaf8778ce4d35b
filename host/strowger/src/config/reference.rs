//! The reference file: every setting with its meaning, its rule, its names and its default.

use std::fmt::Write;

use super::print::spelled;
use super::setting::Setting;
use super::settings::SECTIONS;

const HEAD: &str = "\
# Every setting of `strowger serve`, with its default; `…` stands where there is none. A file needs only what differs.
#
# The file is named by --config, or by STROWGER_CONFIG, or it is ./strowger.toml. An environment variable overrules it, and an option
# overrules both. Relative paths are taken from the working directory. `strowger config check` tells what is wrong with a
# configuration, `strowger config print` what is in effect and why; `strowger config reference` prints this file.
";

/// The reference file. Settings are commented out, so that it changes nothing as it is.
pub fn reference() -> String {
    let mut text = HEAD.to_owned();
    for section in SECTIONS {
        let _ = write!(text, "\n\n{}[{}]\n", comments(section.about), section.name);
        for setting in section.settings {
            let _ = write!(text, "\n{}", entry(setting));
        }
    }
    text
}

fn entry(setting: &Setting) -> String {
    let option = setting.option().map_or_else(String::new, |option| format!(", --{option}"));
    let other = setting.other_key().map_or_else(String::new, |other| format!("\n# `{other}` means the same."));
    let value = match setting.default {
        Some(default) => format!("#{} = {}", setting.key, spelled(setting.shape, default)),
        None => format!("#{} = …", setting.key),
    };
    format!(
        "{}# Must be {}. {}{option}{other}\n{value}\n",
        comments(setting.about),
        (setting.rule)(),
        setting.variable()
    )
}

fn comments(lines: &[&str]) -> String {
    lines.iter().map(|line| format!("#{line}\n")).collect()
}
