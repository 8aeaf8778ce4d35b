//! What needs no server.

#![expect(clippy::print_stdout, reason = "this is what the commands are for")]

use std::path::Path;

use strowger_plugin_kit::{
    Project, Requests, Tools, bench as measure, build as builder, cases, conformance, judge, load, start,
};

use super::args::{CheckArgs, NewArgs, Place, TestArgs};
use crate::Failure;

fn say(what: &str) {
    eprintln!("strowger: {what}");
}

/// Starts a plugin.
pub fn new(args: &NewArgs) -> Result<(), Failure> {
    let project = start(Path::new(&args.name), &args.name, args.kind, args.lang)?;
    println!("{} is a {} in {}", args.name, project.kind, project.language.name());
    println!("  cd {}", args.name);
    println!("  strowger plugin build");
    println!("  strowger plugin test");
    Ok(())
}

/// Builds the component.
pub fn build(place: &Place) -> Result<(), Failure> {
    let project = Project::open(&place.folder)?;
    let component = builder::build(&project, &Tools::new(place.tools.clone(), &say)?)?;
    let size = std::fs::metadata(&component)?.len();
    let shown = component.strip_prefix(&project.folder).unwrap_or(&component);
    println!("built {} ({size} bytes)", shown.display());
    Ok(())
}

/// Gives the verdict on the component.
pub async fn check(args: &CheckArgs) -> Result<(), Failure> {
    let project = Project::open(&args.place.folder)?;
    let tools = Tools::new(args.place.tools.clone(), &say)?;
    let judged = judge(&project, &tools).await?;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&judged.0)?);
    } else {
        print!("{judged}");
    }
    if !judged.0.accepted {
        return Err(format!("{} is refused", project.name).into());
    }
    if args.kit {
        let found = conformance::run(&project, &load(&project, &tools, Requests::Nowhere).await?).await;
        print!("\n{found}");
        if !found.passed() {
            return Err(format!("{} does not keep to the contract", project.name).into());
        }
    }
    Ok(())
}

/// Runs cases.
pub async fn test(args: &TestArgs) -> Result<(), Failure> {
    let project = Project::open(&args.plugin)?;
    let files = if args.files.is_empty() { project.cases() } else { args.files.clone() };
    if files.is_empty() {
        return Err(format!("{} has no cases: name a file, or write cases/NAME.toml", project.folder.display()).into());
    }
    let requests = Requests::Out(args.allow.clone());
    let loaded = load(&project, &Tools::new(args.tools.clone(), &say)?, requests).await?;
    let (mut passed, mut failed) = (0, 0);
    for file in &files {
        let shown = file.strip_prefix(&project.folder).unwrap_or(file);
        let mut report = cases::run(&project, &loaded, file, shown).await?;
        report.shows_every_line = args.log;
        print!("{report}");
        passed += report.passed();
        failed += report.failed();
    }
    println!("{passed} passed, {failed} failed");
    if failed == 0 { Ok(()) } else { Err(format!("{failed} cases came out otherwise").into()) }
}

/// Measures.
pub async fn bench(place: &Place) -> Result<(), Failure> {
    let project = Project::open(&place.folder)?;
    let loaded = load(&project, &Tools::new(place.tools.clone(), &say)?, Requests::Nowhere).await?;
    print!("{}", measure(&project, &loaded).await);
    Ok(())
}
