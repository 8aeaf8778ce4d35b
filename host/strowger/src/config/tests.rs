//! What the sources make together.

mod precedence;
mod printing;
mod refusals;

use super::file::File;
use super::load::{Loaded, build};
use super::options::Options;

/// What is loaded from a file of that text, those variables and those options; or the complaints, a line each.
fn loaded(file: &str, variables: &[(&str, &str)], options: &[(&str, &str)]) -> Result<Loaded, Vec<String>> {
    let file = File { name: "strowger.toml".to_owned(), text: file.to_owned() };
    let owned = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(name, text)| (name.to_string(), text.to_string())).collect()
    };
    let options = Options { file: None, texts: owned(options) };
    build(Some(&file), &owned(variables), &options).map_err(|error| error.0.iter().map(ToString::to_string).collect())
}
