//! Settings in the file.

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::error::Problem;
use super::given::{Given, Source, settings};
use super::kind::Shape;
use super::setting::{Section, Setting};
use super::settings::SECTIONS;
use super::suggest::{did_you_mean, nearest};

/// A configuration file.
pub struct File {
    /// Its name, for complaints.
    pub name: String,
    /// What it says.
    pub text: String,
}

type Entry<'i> = (&'i Spanned<DeString<'i>>, &'i Spanned<DeValue<'i>>);

impl File {
    /// What the file gives.
    pub fn given(&self, problems: &mut Vec<Problem>) -> Vec<Given> {
        let (table, errors) = DeTable::parse_recoverable(&self.text);
        let at = |error: &toml::de::Error| error.span().map_or(1, |span| self.line(span.start));
        let syntax = |error: &toml::de::Error| Problem::at(self.place(at(error)), error.message().trim());
        problems.extend(errors.iter().map(syntax));
        let mut given = Vec::new();
        for (name, value) in table.get_ref() {
            match self.section((name, value)) {
                Ok((section, settings)) => self.settings(section, settings, &mut given, problems),
                Err(problem) => problems.push(problem),
            }
        }
        given
    }

    fn section<'i>(&self, (name, value): Entry<'i>) -> Result<(&'static Section, &'i DeTable<'i>), Problem> {
        let place = self.place(self.line(name.span().start));
        let Some(section) = SECTIONS.iter().find(|section| section.name == name.get_ref()) else {
            return Err(Problem::at(place, unknown_section(name.get_ref())));
        };
        match value.get_ref() {
            DeValue::Table(settings) => Ok((section, settings)),
            _ => Err(Problem::at(place, format!("`{0}` must be a section: [{0}]", section.name))),
        }
    }

    fn settings(&self, section: &Section, table: &DeTable<'_>, given: &mut Vec<Given>, problems: &mut Vec<Problem>) {
        for (key, value) in table {
            let source = self.place(self.line(key.span().start));
            match section.settings.iter().find(|setting| setting.has_key(key.get_ref())) {
                Some(setting) if given.iter().any(|given| given.setting.path() == setting.path()) => {
                    problems.push(Problem::at(source, twice(setting)));
                }
                None => problems.push(Problem::at(source, unknown_key(section, key.get_ref()))),
                Some(setting) => match text(setting, value.get_ref()) {
                    Some(text) => given.push(Given { setting, source, text }),
                    None => problems.push(Problem::broken(setting, &source, described(value.get_ref()))),
                },
            }
        }
    }

    fn place(&self, line: usize) -> Source {
        Source::File { name: self.name.clone(), line }
    }

    fn line(&self, offset: usize) -> usize {
        self.text.bytes().take(offset).filter(|&byte| byte == b'\n').count() + 1
    }
}

/// The text of a value that is written as the setting's kind is.
fn text(setting: &Setting, value: &DeValue<'_>) -> Option<String> {
    match (setting.shape, value) {
        (Shape::Text, DeValue::String(text)) => Some(text.to_string()),
        (Shape::Number, DeValue::Integer(number)) => {
            i64::from_str_radix(number.as_str(), number.radix()).ok().map(|number| number.to_string())
        }
        (Shape::Switch, DeValue::Boolean(on)) => Some(on.to_string()),
        (Shape::List, DeValue::Array(items)) => {
            let items: Option<Vec<&str>> = items.iter().map(|item| item.get_ref().as_str()).collect();
            items.map(|items| items.join(","))
        }
        _ => None,
    }
}

fn described(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a float",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "such an array",
        DeValue::Table(_) => "a table",
    }
}

/// The file has both keys of a setting; TOML does not let it have one key twice.
fn twice(setting: &Setting) -> String {
    let (section, key, other) = (setting.section, setting.key, setting.other_key().unwrap_or_default());
    format!("`{section}.{key}` and `{section}.{other}` mean the same: leave one out")
}

fn unknown_section(name: &str) -> String {
    let section = nearest(name, SECTIONS.iter().map(|section| section.name)).map(ToOwned::to_owned);
    format!("unknown key `{name}`{}", did_you_mean(section.or_else(|| elsewhere(name))))
}

fn unknown_key(section: &Section, key: &str) -> String {
    let near = nearest(key, section.settings.iter().map(|setting| setting.key));
    let meant = near.map(|near| format!("{}.{near}", section.name)).or_else(|| elsewhere(key));
    format!("unknown key `{}.{key}`{}", section.name, did_you_mean(meant))
}

/// A setting of any section whose key is like that.
fn elsewhere(key: &str) -> Option<String> {
    let near = nearest(key, settings().map(|setting| setting.key))?;
    settings().find(|setting| setting.key == near).map(Setting::path)
}
