//! Telephone numbers: normalising, converting and classifying them by the default North American dial plan.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use regex::Regex;
use serde::Serialize;

/// A form that a number can be converted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// `+` and the country code.
    E164,
    /// Ten digits, where the number is North American.
    Npan,
    /// `1` and ten digits, where the number is North American.
    OneNpan,
    /// E.164 without its `+`.
    StripPlus,
}

impl Format {
    /// The name that documents use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::E164 => "e164",
            Self::Npan => "npan",
            Self::OneNpan => "1npan",
            Self::StripPlus => "strip_plus",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A name that is no number format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a number format: expected e164, npan, 1npan or strip_plus")]
pub struct UnknownFormat;

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        match text {
            "e164" => Ok(Self::E164),
            "npan" => Ok(Self::Npan),
            "1npan" => Ok(Self::OneNpan),
            "strip_plus" => Ok(Self::StripPlus),
            _ => Err(UnknownFormat),
        }
    }
}

/// A class of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Classifier {
    /// Its name in documents.
    pub name: &'static str,
    /// What a normalised number of this class matches.
    pub pattern: &'static str,
    /// Whether its numbers reach emergency services.
    pub emergency: bool,
}

const fn class(name: &'static str, pattern: &'static str) -> Classifier {
    Classifier { name, pattern, emergency: false }
}

const NANP: &str = r"^(\+?1)?([2-9][0-9]{2}[2-9][0-9]{6})$";
const CARIBBEAN: &str = concat!(
    r"^\+?1((?:684|264|268|242|246|441|284|345|767|809|829|849|473|671|876|664|670|787|939|869|758|784|721|868|649|340)",
    r"[0-9]{7})$"
);

static CLASSIFIERS: [Classifier; 7] = [
    class("tollfree_us", r"^\+1((?:800|88[0-9]|877|866|855|844|833|822)[0-9]{7})$"),
    class("toll_us", r"^\+1(900[0-9]{7})$"),
    Classifier { name: "emergency", pattern: r"^(911|922|933|833|811|711|999)$", emergency: true },
    class("caribbean", CARIBBEAN),
    class("did_us", NANP),
    class("international", r"^\+([2-9][0-9]{7,})$"),
    class("unknown", r"^((?s:.*))$"),
];
static UNKNOWN: Classifier = class("unknown", r"^((?s:.*))$");

static COMPILED: LazyLock<Vec<(&'static Classifier, Regex)>> =
    LazyLock::new(|| CLASSIFIERS.iter().map(|class| (class, literal(class.pattern))).collect());
static NORTH_AMERICAN: LazyLock<Regex> = LazyLock::new(|| literal(NANP));
static DIALLED_ABROAD: LazyLock<Regex> = LazyLock::new(|| literal(r"^(?:011|00)([0-9]{5,})$"));
static BARE_INTERNATIONAL: LazyLock<Regex> = LazyLock::new(|| literal(r"^[2-9][0-9]{7,}$"));
static RECONCILABLE: LazyLock<Regex> =
    LazyLock::new(|| literal(r"^(\+?1)?[0-9]{10}$|^\+[2-9][0-9]{7,}$|^011[0-9]*$|^00[0-9]*$"));

#[expect(clippy::expect_used, reason = "the patterns are literals, and the tests use every one")]
fn literal(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a literal pattern")
}

/// The number in E.164 where the dial plan knows how to get there, else unchanged.
#[must_use]
pub fn normalise(number: &str) -> Cow<'_, str> {
    if number.starts_with('+') {
        return Cow::Borrowed(number);
    }
    if let Some(ten_digits) = north_american(number) {
        return Cow::Owned(format!("+1{ten_digits}"));
    }
    if let Some(abroad) = DIALLED_ABROAD.captures(number).and_then(|groups| groups.get(1)) {
        return Cow::Owned(format!("+{}", abroad.as_str()));
    }
    if BARE_INTERNATIONAL.is_match(number) {
        return Cow::Owned(format!("+{number}"));
    }
    Cow::Borrowed(number)
}

fn north_american(number: &str) -> Option<&str> {
    NORTH_AMERICAN.captures(number).and_then(|groups| groups.get(2)).map(|ten_digits| ten_digits.as_str())
}

/// The number in that form, or unchanged where it has none.
#[must_use]
pub fn convert(number: &str, format: Format) -> String {
    match format {
        Format::E164 => normalise(number).into_owned(),
        Format::Npan => north_american(number).unwrap_or(number).to_owned(),
        Format::OneNpan => north_american(number).map_or_else(|| number.to_owned(), |digits| format!("1{digits}")),
        Format::StripPlus => {
            let normalised = normalise(number);
            normalised.strip_prefix('+').unwrap_or(&normalised).to_owned()
        }
    }
}

/// All classifiers, in the order in which they are tried.
#[must_use]
pub fn classifiers() -> &'static [Classifier] {
    &CLASSIFIERS
}

/// The first classifier that the normalised number matches.
#[must_use]
pub fn classify(number: &str) -> &'static Classifier {
    let number = normalise(number);
    COMPILED.iter().find(|(_, pattern)| pattern.is_match(&number)).map_or(&UNKNOWN, |(class, _)| class)
}

/// Whether the number, once normalised, means the same everywhere.
#[must_use]
pub fn reconcilable(number: &str) -> bool {
    RECONCILABLE.is_match(&normalise(number))
}

/// A number in all its forms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Description {
    /// As [`Format::E164`].
    pub e164: String,
    /// As [`Format::Npan`].
    pub npan: String,
    /// As [`Format::OneNpan`].
    #[serde(rename = "1npan")]
    pub one_npan: String,
    /// As [`Format::StripPlus`].
    pub strip_plus: String,
    /// Name of its classifier.
    pub classifier: &'static str,
    /// As [`reconcilable`].
    pub reconcilable: bool,
}

/// Everything the dial plan knows of a number.
#[must_use]
pub fn describe(number: &str) -> Description {
    Description {
        e164: convert(number, Format::E164),
        npan: convert(number, Format::Npan),
        one_npan: convert(number, Format::OneNpan),
        strip_plus: convert(number, Format::StripPlus),
        classifier: classify(number).name,
        reconcilable: reconcilable(number),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn every_vector_of_number_conversion_holds() {
        let vectors: Value = serde_json::from_str(include_str!("../../../tests/vectors/routing.json")).unwrap();
        let group = vectors["groups"]["number_conversion"].as_array().unwrap();
        assert!(!group.is_empty());
        for vector in group {
            let mut described = serde_json::to_value(describe(vector["number"].as_str().unwrap())).unwrap();
            let class = described.as_object_mut().unwrap().shift_remove("classifier").unwrap();
            described["classify"] = class;
            assert_eq!(described, vector["expect"], "{}", vector["id"]);
        }
    }

    #[test]
    fn only_the_emergency_class_reaches_emergency_services() {
        let emergency: Vec<_> = classifiers().iter().filter(|class| class.emergency).map(|class| class.name).collect();
        assert_eq!(emergency, ["emergency"]);
        assert!(classify("911").emergency);
        assert!(!classify("+18005550100").emergency);
    }

    #[test]
    fn every_text_has_a_class() {
        for text in ["", "\n", "alice\nbob", "+"] {
            assert_eq!(classify(text).name, "unknown", "{text:?}");
        }
    }

    #[test]
    fn every_format_has_its_name() {
        for format in [Format::E164, Format::Npan, Format::OneNpan, Format::StripPlus] {
            assert_eq!(format.as_str().parse(), Ok(format));
        }
        assert_eq!("route".parse::<Format>(), Err(UnknownFormat));
    }
}
