//! What the benchmarks measure: one decision of the default chain, through the built-in components and in native Rust.

mod native;
mod pool;
mod sandboxed;

pub use native::NativeChain;
pub use pool::{carriers, request};
pub use sandboxed::{SandboxedChain, sandbox};

#[cfg(test)]
mod tests {
    use super::*;

    /// A benchmark compares two ways to the same answer; that they agree is what makes it a comparison.
    #[tokio::test]
    async fn both_ways_choose_the_same_carriers() {
        let sandbox = sandbox().await;
        for size in [10, 100] {
            let pool = carriers(size);
            let mut sandboxed = SandboxedChain::prepare(&sandbox, &pool);
            let native = NativeChain::prepare(&pool);
            let (call, fields) = request();
            let chosen = native.decide(&call, &fields);
            assert!(!chosen.is_empty());
            assert_eq!(sandboxed.decide(&call, &fields), chosen);
        }
    }
}
