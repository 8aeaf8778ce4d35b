//! What somebody may have meant.

/// Names that are less alike than this are not suggested.
const ALIKE: f64 = 0.75;

/// The name that is most like `found`, if any is much like it.
pub fn nearest<'a>(found: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let scored = names.map(|name| (strsim::jaro_winkler(&found.to_lowercase(), &name.to_lowercase()), name));
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (best.0 >= ALIKE).then_some(best.1)
}

/// The words that end a complaint about an unknown name.
pub fn did_you_mean(name: Option<impl AsRef<str>>) -> String {
    name.map_or_else(String::new, |name| format!(": did you mean `{}`?", name.as_ref()))
}
