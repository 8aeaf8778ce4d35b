//! Who is there, who has died, who comes back.

use super::*;

#[tokio::test(start_paused = true)]
async fn nodes_see_one_another_for_as_long_as_they_live() {
    let world = World::new();
    let (a, b) = (world.node("a").await, world.node("b").await);
    let (on_a, on_b) = (watched(&a).await, watched(&b).await);
    world.pass(30).await;
    assert_eq!((names(&a), names(&b)), (vec!["a".into(), "b".into()], vec!["a".into(), "b".into()]));
    assert!(on_a.died.lock().is_empty() && on_b.died.lock().is_empty());
    b.shutdown().await;
    world.pass(2).await;
    assert_eq!((names(&a), world.documents().await), (vec!["a".to_owned()], 1));
    assert!(on_a.died.lock().is_empty(), "whoever leaves has left nothing behind");
}

#[tokio::test(start_paused = true)]
async fn a_node_that_dies_is_put_in_order_by_one_of_the_others() {
    let world = World::new();
    let (a, b, c) = (world.node("a").await, world.node("b").await, world.node("c").await);
    let (on_a, on_b) = (watched(&a).await, watched(&b).await);
    let dead = c.id();
    drop(c);
    world.pass(4).await;
    assert!(on_a.died.lock().is_empty() && on_b.died.lock().is_empty(), "its lease has not lapsed");
    world.pass(3).await;
    let told = [on_a.died.lock().clone(), on_b.died.lock().clone()].concat();
    assert_eq!((told, world.documents().await), (vec![dead], 2));
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_put_in_order_is_tried_again() {
    let world = World::new();
    let (a, b) = (world.node("a").await, world.node("b").await);
    let notes = watched(&a).await;
    notes.failures.store(2, Ordering::SeqCst);
    drop(b);
    world.pass(10).await;
    assert_eq!(notes.died.lock().len(), 3);
    assert_eq!(world.documents().await, 1);
}

#[tokio::test(start_paused = true)]
async fn what_an_earlier_process_left_in_a_store_of_its_own_is_in_order_before_anything_else() {
    let store = MemoryStore::new();
    let earlier = join(store.clone(), "a").await;
    let dead = earlier.id();
    drop(earlier);
    let node = join(store.clone(), "a").await;
    let notes = watched(&node).await;
    assert_eq!(*notes.died.lock(), [dead]);
    assert_eq!(store.all(Owner::System, Kind::Node).await.unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_node_that_was_away_for_longer_than_its_lease_joins_again_under_its_id() {
    let world = World::new();
    let way = SwitchedStore::new(world.store.clone());
    let (a, b) = (join(way.clone(), "a").await, world.node("b").await);
    let (on_a, on_b) = (watched(&a).await, watched(&b).await);
    way.set_away(true);
    world.pass(3).await;
    way.set_away(false);
    world.pass(2).await;
    assert_eq!((on_a.rejoined.load(Ordering::SeqCst), on_b.died.lock().len()), (0, 0), "it was away for less");
    way.set_away(true);
    world.pass(8).await;
    assert_eq!((on_b.died.lock().clone(), names(&b)), (vec![a.id()], vec!["b".to_owned()]));
    way.set_away(false);
    world.pass(2).await;
    assert_eq!((on_a.rejoined.load(Ordering::SeqCst), names(&b)), (1, vec!["a".into(), "b".into()]));
    assert!(!b.is_gone(a.id()).await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_node_that_comes_back_while_it_is_put_in_order_stays() {
    let world = World::new();
    let b = world.node("b").await;
    let way = SwitchedStore::new(world.store.clone());
    let a = join(way.clone(), "a").await;
    way.set_away(true);
    world.clock.advance(Duration::from_secs(6));
    let returning = Arc::new(Returning { way, world: world.clock.clone(), of: a.id(), store: world.store.clone() });
    b.watch(returning);
    b.attend().await.unwrap();
    assert_eq!(world.documents().await, 2);
}

/// Has the node back before what it left behind is in order.
struct Returning {
    way: Arc<SwitchedStore>,
    world: Clock,
    of: NodeId,
    store: Arc<MemoryStore>,
}

#[async_trait]
impl Watch for Returning {
    async fn node_died(&self, node: NodeId) -> Result<(), StoreError> {
        assert_eq!(node, self.of);
        self.way.set_away(false);
        while self.store.held(&keys::life(node)).await?.is_none() {
            self.world.advance(Duration::from_millis(10));
            sleep(Duration::from_millis(10)).await;
        }
        // Its document follows its lease.
        sleep(Duration::from_millis(10)).await;
        Ok(())
    }
}
