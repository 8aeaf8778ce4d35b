//! From the sources to the configuration.

use std::path::{Path, PathBuf};

use super::environment::{self, CONFIG};
use super::error::{ConfigError, Problem};
use super::file::File;
use super::options::Options;
use super::reader::{Effective, Reader};
use super::rules;
use super::settings::Config;

/// The file that is read where none is named and this one exists.
const USUAL_FILE: &str = "strowger.toml";

/// A larger file is a mistake.
const LARGEST_FILE: u64 = 1 << 20;

/// A configuration, and how it came to be.
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// Each setting and where its value is from.
    pub effective: Vec<Effective>,
    /// The file that was read.
    pub file: Option<String>,
}

/// Reads the sources of this process.
pub fn load(options: &Options) -> Result<Loaded, ConfigError> {
    let mut problems = Vec::new();
    let variables = variables(&mut problems);
    let file = match read_file(options, &variables) {
        Ok(file) => file,
        Err(problem) => {
            problems.push(problem);
            None
        }
    };
    let built = build(file.as_ref(), &variables, options);
    match built {
        Ok(loaded) if problems.is_empty() => Ok(loaded),
        Ok(_) => Err(ConfigError(problems)),
        Err(ConfigError(more)) => Err(ConfigError(problems.into_iter().chain(more).collect())),
    }
}

/// The configuration that the sources make, or everything that is wrong with them.
pub fn build(file: Option<&File>, variables: &[(String, String)], options: &Options) -> Result<Loaded, ConfigError> {
    let mut problems = Vec::new();
    let mut given = file.map(|file| file.given(&mut problems)).unwrap_or_default();
    given.extend(environment::given(variables, &mut problems));
    given.extend(options.given());
    let mut reader = Reader::new(&given);
    let config = Config::read(&mut reader);
    problems.append(&mut reader.problems);
    if let Some(config) = &config {
        problems.extend(rules::broken(config));
    }
    match config {
        Some(config) if problems.is_empty() => {
            Ok(Loaded { config, effective: reader.effective, file: file.map(|file| file.name.clone()) })
        }
        _ => Err(ConfigError(problems)),
    }
}

fn variables(problems: &mut Vec<Problem>) -> Vec<(String, String)> {
    let mut variables = Vec::new();
    for (name, text) in std::env::vars_os() {
        let Some(name) = name.to_str().filter(|name| name.starts_with(environment::PREFIX)) else { continue };
        match text.into_string() {
            Ok(text) => variables.push((name.to_owned(), text)),
            Err(_) => problems.push(Problem::at(name, "must be UTF-8")),
        }
    }
    variables.sort();
    variables
}

fn read_file(options: &Options, variables: &[(String, String)]) -> Result<Option<File>, Problem> {
    let variable = variables.iter().find(|(name, text)| name == CONFIG && !text.is_empty());
    let named = options.file.clone().or_else(|| variable.map(|(_, text)| PathBuf::from(text)));
    let usual = || Some(PathBuf::from(USUAL_FILE)).filter(|path| path.exists());
    let Some(path) = named.or_else(usual) else { return Ok(None) };
    let name = path.display().to_string();
    let text = bounded(&path).map_err(|error| Problem::at(&name, error.to_string()))?;
    Ok(Some(File { name, text }))
}

/// The text of a small file.
pub(super) fn bounded(path: &Path) -> std::io::Result<String> {
    use std::io::Read;
    let mut text = String::new();
    std::fs::File::open(path)?.take(LARGEST_FILE + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LARGEST_FILE {
        return Err(std::io::Error::other("more than a megabyte: this is no configuration"));
    }
    Ok(text)
}
