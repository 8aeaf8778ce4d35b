//! The validator of verbs against the published one, over documents that are made up: both take the same, and say the same of the rest.

use std::path::Path;

use serde_json::Value;
use strowger_tests::clients;

const DOCUMENTS: usize = 20_000;
const SEEDS: [u32; 2] = [1, 6_051_890];

#[test]
fn the_published_validator_says_the_same() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/verb-documents.mjs");
    for seed in SEEDS {
        let output = clients::node(&script).args([DOCUMENTS.to_string(), seed.to_string()]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let documents = String::from_utf8(output.stdout).unwrap();
        let (mut taken, mut refused) = (0, 0);
        for line in documents.lines() {
            let made: Value = serde_json::from_str(line).unwrap();
            let fault = strowger_verbs::read(&made["application"]).err().map(|malformed| malformed.to_string());
            assert_eq!(fault.as_deref(), made["fault"].as_str(), "{}", made["application"]);
            *if fault.is_some() { &mut refused } else { &mut taken } += 1;
        }
        assert!(taken > DOCUMENTS / 10 && refused > DOCUMENTS / 10, "{taken} taken, {refused} refused");
    }
}
