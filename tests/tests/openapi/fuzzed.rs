//! The running host is asked everything that its document says may be asked, and much that it says may not: `schemathesis.toml`.

use strowger_tests::ADMIN_KEY;

use crate::tools;
use crate::world::World;

const FILES: [(&str, &str); 2] =
    [("schemathesis.toml", include_str!("schemathesis.toml")), ("hooks.py", include_str!("hooks.py"))];

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_a_documented_one_and_none_is_a_fault_of_the_host() {
    let world = World::new().await;
    let folder = tempfile::TempDir::new().unwrap();
    for (name, text) in FILES {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let mut command = tools::command("schemathesis");
    command.arg("run").arg(format!("http://{}/openapi.json", world.server.http)).current_dir(folder.path());
    command.env("KEY", ADMIN_KEY);
    command.envs(world.parts.iter().map(|(part, value)| (part.to_uppercase(), value)));
    tokio::task::spawn_blocking(move || tools::run(&mut command)).await.unwrap();
}
