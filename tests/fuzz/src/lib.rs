//! What the fuzz targets in `fuzz/` run: each takes any bytes and panics where the code under it breaks a promise. They live in
//! the workspace so that the corpus is replayed by every test run, with the stable compiler.

mod chain;
mod csv;
mod envelope;
mod formatter;
mod resource;
mod row_id;

pub use chain::chain;
pub use csv::csv;
pub use envelope::envelope;
pub use formatter::formatter;
pub use resource::resource;
pub use row_id::row_id;

use strowger_model::Violations;

/// A target and its name, which is that of its corpus.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: [Target; 6] = [
    ("chain", chain),
    ("csv", csv),
    ("envelope", envelope),
    ("formatter", formatter),
    ("resource", resource),
    ("row_id", row_id),
];

/// A refusal names at least one broken rule, and can be shown.
fn check_refusal(refusal: &Violations) {
    assert!(!refusal.0.is_empty(), "refused for nothing");
    let shown = refusal.to_data();
    assert!(shown.as_object().is_some_and(|rules| !rules.is_empty()), "a refusal that shows nothing");
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_input_of_the_corpus_keeps_the_promises() {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
        for (name, run) in TARGETS {
            let inputs: Vec<_> = fs::read_dir(corpus.join(name)).unwrap().map(|entry| entry.unwrap().path()).collect();
            assert!(!inputs.is_empty(), "{name} has no corpus");
            for input in inputs {
                eprintln!("{}", input.display());
                run(&fs::read(&input).unwrap());
            }
        }
    }
}
