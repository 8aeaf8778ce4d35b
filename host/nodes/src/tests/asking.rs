//! Asking one another.

use super::*;

/// Says what it was asked, after a while.
struct Echo(Duration);

#[async_trait]
impl Service for Echo {
    async fn answer(&self, request: Value) -> Value {
        sleep(self.0).await;
        json!({"asked": request})
    }
}

const PATIENCE: Duration = Duration::from_secs(5);

#[tokio::test(start_paused = true)]
async fn a_service_of_another_node_answers() {
    let world = World::new();
    let (a, b) = (world.node("a").await, world.node("b").await);
    b.offer("echo", Arc::new(Echo(Duration::from_secs(4))));
    assert_eq!(a.ask(b.id(), "echo", json!({"n": 1}), PATIENCE).await.unwrap(), json!({"asked": {"n": 1}}));
    let both = tokio::join!(a.ask(b.id(), "echo", json!(1), PATIENCE), a.ask(b.id(), "echo", json!(2), PATIENCE));
    assert_eq!((both.0.unwrap(), both.1.unwrap()), (json!({"asked": 1}), json!({"asked": 2})));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_takes_too_long_is_none() {
    let world = World::new();
    let (a, b) = (world.node("a").await, world.node("b").await);
    b.offer("echo", Arc::new(Echo(Duration::from_secs(6))));
    assert!(matches!(a.ask(b.id(), "echo", json!(1), PATIENCE).await, Err(AskError::NoAnswer)));
}

#[tokio::test(start_paused = true)]
async fn what_nobody_offers_is_refused() {
    let world = World::new();
    let (a, b) = (world.node("a").await, world.node("b").await);
    assert!(matches!(a.ask(b.id(), "echo", json!(1), PATIENCE).await, Err(AskError::Busy)));
}

#[tokio::test(start_paused = true)]
async fn a_dead_node_is_told_from_one_that_does_not_answer() {
    let world = World::new();
    let (a, b) = (world.node("a").await, world.node("b").await);
    let id = b.id();
    drop(b);
    assert!(matches!(a.ask(id, "echo", json!(1), PATIENCE).await, Err(AskError::NoAnswer)), "its lease holds");
    world.pass(6).await;
    assert!(matches!(a.ask(id, "echo", json!(1), PATIENCE).await, Err(AskError::Gone)));
    assert!(matches!(a.ask(NodeId::random(), "echo", json!(1), PATIENCE).await, Err(AskError::Gone)));
}

#[tokio::test(start_paused = true)]
async fn a_request_is_as_large_as_a_message_at_most() {
    let world = World::new();
    let (a, b) = (world.node("a").await, world.node("b").await);
    let large = json!("x".repeat(strowger_store::MAX_MESSAGE));
    assert!(matches!(a.ask(b.id(), "echo", large, PATIENCE).await, Err(AskError::TooLarge)));
}

#[tokio::test(start_paused = true)]
async fn only_so_many_requests_wait_at_once() {
    let world = World::new();
    let (a, b) = (world.node("a").await, world.node("b").await);
    b.offer("echo", Arc::new(Echo(Duration::from_secs(4))));
    let asks = (0..1_100).map(|n| a.ask(b.id(), "echo", json!(n), PATIENCE));
    let answers = futures::future::join_all(asks).await;
    let answered = answers.iter().filter(|answer| answer.is_ok()).count();
    let busy = answers.iter().filter(|answer| matches!(answer, Err(AskError::Busy))).count();
    assert_eq!((answered, answered + busy), (256, 1_100));
    let id = b.id();
    assert!(a.ask(id, "echo", json!("later"), PATIENCE).await.is_ok(), "places are given back");
}
