use std::time::SystemTime;

use strowger_model::AccountId;
use strowger_sandbox::PluginId;

use super::*;

const ALL: Wanted = Wanted { level: LogLevel::Trace, since: 0, limit: 2_000 };

struct Fixture {
    logs: PluginLogs,
    plugin: PluginId,
}

impl Fixture {
    fn new() -> Self {
        let owner = AccountId::random().into();
        Self { logs: PluginLogs::default(), plugin: PluginId { owner, name: "mine".into(), version: "1".into() } }
    }

    fn say(&self, level: LogLevel, second: u64, message: &str) {
        let (owner, plugin) = (self.plugin.owner, &self.plugin);
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(second);
        self.logs.write(LogLine { owner, plugin, level, message, at });
    }

    fn read(&self, wanted: Wanted) -> Vec<String> {
        let lines = self.logs.read(self.plugin.owner, "mine", wanted);
        lines.iter().map(|line| line.message.clone()).collect()
    }

    fn follow(&self) -> Follower {
        self.logs.follow(self.plugin.owner, "mine", ALL).unwrap()
    }
}

async fn message(follower: &mut Follower) -> Option<String> {
    match follower.next().await? {
        Followed::Line(line) => Some(line.message.clone()),
        Followed::Missed(missed) => Some(format!("missed {missed}")),
    }
}

#[test]
fn the_last_lines_that_matter_are_read_oldest_first() {
    let fixture = Fixture::new();
    fixture.say(LogLevel::Debug, 1, "a");
    fixture.say(LogLevel::Error, 2, "b");
    fixture.say(LogLevel::Warn, 3, "c");
    assert_eq!(fixture.read(ALL), ["a", "b", "c"]);
    assert_eq!(fixture.read(Wanted { level: LogLevel::Warn, ..ALL }), ["b", "c"]);
    assert_eq!(fixture.read(Wanted { since: 3_000, ..ALL }), ["c"]);
    assert_eq!(fixture.read(Wanted { limit: 2, ..ALL }), ["b", "c"]);
}

#[test]
fn nobody_reads_what_the_plugin_of_another_owner_says() {
    let fixture = Fixture::new();
    fixture.say(LogLevel::Info, 1, "mine");
    assert!(fixture.logs.read(AccountId::random().into(), "mine", ALL).is_empty());
    assert!(fixture.logs.read(Owner::System, "mine", ALL).is_empty());
}

#[test]
fn lines_beyond_the_rate_are_left_out_and_that_is_told_once() {
    let fixture = Fixture::new();
    for _ in 0..RATE + 10 {
        fixture.say(LogLevel::Info, 1, "x");
    }
    let lines = fixture.read(ALL);
    assert_eq!(u32::try_from(lines.len()).unwrap(), RATE + 1);
    assert!(lines.last().unwrap().contains("left out"));
    assert_eq!(fixture.logs.dropped(fixture.plugin.owner, "mine"), 10);
    fixture.say(LogLevel::Info, 2, "y");
    assert_eq!(fixture.read(Wanted { limit: 1, ..ALL }), ["y"]);
}

#[test]
fn lines_and_bytes_that_are_kept_have_bounds() {
    let fixture = Fixture::new();
    (0..=LINES as u64).for_each(|second| fixture.say(LogLevel::Info, second, &format!("{second}")));
    assert_eq!((fixture.read(ALL).len(), fixture.read(ALL).first().cloned()), (LINES, Some("1".into())));
    fixture.say(LogLevel::Info, 1, &"x".repeat(BYTES));
    assert_eq!(fixture.read(ALL).len(), 1);
}

#[tokio::test]
async fn a_follower_gets_what_was_said_and_what_is_said_until_the_end() {
    let fixture = Fixture::new();
    fixture.say(LogLevel::Info, 1, "before");
    let mut follower = fixture.follow();
    fixture.say(LogLevel::Info, 2, "after");
    assert_eq!(message(&mut follower).await.as_deref(), Some("before"));
    assert_eq!(message(&mut follower).await.as_deref(), Some("after"));
    fixture.logs.close();
    assert_eq!(message(&mut follower).await, None);
    let mut late = fixture.follow();
    assert_eq!(message(&mut late).await.as_deref(), Some("before"));
    assert_eq!(message(&mut late).await.as_deref(), Some("after"));
    assert_eq!(message(&mut late).await, None);
}

#[tokio::test]
async fn a_follower_that_is_too_slow_is_told_what_it_missed() {
    let fixture = Fixture::new();
    let mut follower = fixture.follow();
    (0..BEHIND as u64 + 5).for_each(|second| fixture.say(LogLevel::Info, second, &format!("{second}")));
    assert_eq!(message(&mut follower).await.as_deref(), Some("missed 5"));
    assert_eq!(message(&mut follower).await.as_deref(), Some("5"));
}

#[test]
fn followers_have_a_bound_and_make_room_when_they_leave() {
    let fixture = Fixture::new();
    let held: Vec<Follower> = (0..FOLLOWERS).map(|_| fixture.follow()).collect();
    let refused = fixture.logs.follow(fixture.plugin.owner, "mine", ALL);
    assert_eq!(refused.err(), Some(TooManyFollowers(FOLLOWERS)));
    drop(held);
    fixture.follow();
}
