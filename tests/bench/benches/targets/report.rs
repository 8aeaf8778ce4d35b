//! One line a measurement, and how it is taken.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// As long as it takes for the best to be seen.
const TIME: Duration = Duration::from_secs(2);

pub(crate) fn heading() {
    println!("{:<52} {:>12} {:>12} {:>8}  target", "", "measured", "native", "ratio");
}

pub(crate) fn line(name: &str, measured: Duration, native: Option<Duration>, target: &str) {
    let ratio = native.map(|native| format!("{:.1}", measured.as_secs_f64() / native.as_secs_f64()));
    let (native, ratio) = (native.map(micros).unwrap_or_default(), ratio.unwrap_or_default());
    println!("{name:<52} {:>12} {native:>12} {ratio:>8}  {target}", micros(measured));
}

pub(crate) fn best_of<T>(mut run: impl FnMut() -> T) -> Duration {
    let started = Instant::now();
    let mut best = Duration::MAX;
    while started.elapsed() < TIME {
        let began = Instant::now();
        black_box(run());
        best = best.min(began.elapsed());
    }
    best
}

pub(crate) fn micros(time: Duration) -> String {
    format!("{:.1} µs", time.as_secs_f64() * 1e6)
}
