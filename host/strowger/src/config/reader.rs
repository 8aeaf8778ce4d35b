//! Chooses among what the sources give.

use super::error::Problem;
use super::given::{Given, Source};
use super::kind::Kind;
use super::setting::Setting;

/// What is used of a setting.
pub struct Effective {
    /// The setting.
    pub setting: &'static Setting,
    /// Its text as it may be shown; none where it is left out.
    pub shown: Option<String>,
    /// Who gave it.
    pub source: Source,
}

/// Hands out values by kind and notes what is wrong and what is used.
pub struct Reader<'a> {
    given: &'a [Given],
    /// What is wrong with values.
    pub problems: Vec<Problem>,
    /// What is used.
    pub effective: Vec<Effective>,
}

impl<'a> Reader<'a> {
    /// A reader of what is given, in order of rising precedence.
    pub const fn new(given: &'a [Given]) -> Self {
        Self { given, problems: Vec::new(), effective: Vec::new() }
    }

    /// The value of a setting, or none where one was given that breaks its rule, were it overruled or not.
    pub(super) fn take<K: Kind>(&mut self, setting: &'static Setting) -> Option<K::Value> {
        let before = self.problems.len();
        let mut chosen = (setting.default.and_then(K::read), setting.default, Source::Default);
        for given in self.given.iter().filter(|given| given.setting.path() == setting.path()) {
            match K::read(&given.text) {
                Some(value) => chosen = (Some(value), Some(&given.text), given.source.clone()),
                None => self.problems.push(Problem::broken(setting, &given.source, &format!("`{}`", given.text))),
            }
        }
        let (value, text, source) = chosen;
        let value = value.or_else(K::absent);
        if value.is_none() && before == self.problems.len() {
            self.problems.push(Problem::general(format!("`{}` must be given: {}", setting.path(), K::rule())));
        }
        self.effective.push(Effective { setting, shown: text.map(K::show), source });
        value.filter(|_| before == self.problems.len())
    }
}
