//! Settings on the command line.

use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use super::given::{Given, Source, settings};
use super::kind::Shape;
use super::setting::Setting;
use super::settings::SECTIONS;

const FILE: &str = "config";

/// What the command line says of the configuration: a file, and settings.
#[derive(Default)]
pub struct Options {
    /// The file that it names.
    pub file: Option<PathBuf>,
    pub(super) texts: Vec<(String, String)>,
}

impl Options {
    /// What the options give.
    pub fn given(&self) -> Vec<Given> {
        let named = |name: &str| settings().find(|setting| setting.option().is_some_and(|option| option == name));
        let given = |(name, text): &(String, String)| {
            Some(Given { setting: named(name)?, source: Source::Option(name.clone()), text: text.clone() })
        };
        self.texts.iter().filter_map(given).collect()
    }
}

impl Args for Options {
    fn augment_args(command: Command) -> Command {
        augmented(command, |_| true)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// The options of commands that work on a store and serve nothing.
pub struct StoreOptions(pub Options);

impl Args for StoreOptions {
    fn augment_args(command: Command) -> Command {
        augmented(command, |section| ["store", "redis", "secrets", "log"].contains(&section))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// The options of commands that ask the store, or the server that has it open.
pub struct ClientOptions(pub Options);

impl Args for ClientOptions {
    fn augment_args(command: Command) -> Command {
        augmented(command, |section| ["http", "store", "redis", "auth", "log"].contains(&section))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

fn augmented(command: Command, has: fn(&str) -> bool) -> Command {
    let file = Arg::new(FILE).long(FILE).value_name("FILE").value_parser(clap::value_parser!(PathBuf));
    let file = file.help("Configuration file; ./strowger.toml where it exists [env: STROWGER_CONFIG]");
    let sections = SECTIONS.iter().filter(|section| has(section.name));
    command.arg(file).args(sections.flat_map(|section| section.settings.iter().filter_map(argument)))
}

fn argument(setting: &Setting) -> Option<Arg> {
    let name = setting.option()?;
    let default = setting.default.filter(|text| !text.is_empty());
    let default = default.map_or_else(String::new, |text| format!(" [default: {text}]"));
    let about: String = setting.about.concat();
    let argument = Arg::new(name.clone())
        .long(name)
        .aliases(setting.other_option())
        .value_name(setting.placeholder)
        .help(format!("{} [env: {}]{default}", about.trim(), setting.variable()))
        .help_heading(setting.section);
    Some(match setting.shape {
        Shape::Switch => argument.num_args(0..=1).require_equals(true).default_missing_value("true"),
        Shape::List => argument.action(ArgAction::Append),
        Shape::Text | Shape::Number => argument,
    })
}

impl FromArgMatches for Options {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut texts = Vec::new();
        for name in settings().filter_map(Setting::option) {
            // A command need not have all of them.
            let is_known = matches.try_contains_id(&name).unwrap_or(false);
            if !is_known || matches.value_source(&name) != Some(ValueSource::CommandLine) {
                continue;
            }
            let values = matches.get_many::<String>(&name).into_iter().flatten();
            let text = values.map(String::as_str).collect::<Vec<_>>().join(",");
            texts.push((name, text));
        }
        Ok(Self { file: matches.get_one(FILE).cloned(), texts })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl FromArgMatches for StoreOptions {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Options::from_arg_matches(matches).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.update_from_arg_matches(matches)
    }
}

impl FromArgMatches for ClientOptions {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Options::from_arg_matches(matches).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.update_from_arg_matches(matches)
    }
}
