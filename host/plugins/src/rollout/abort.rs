//! When a version is given up.

use serde::{Deserialize, Serialize};

use super::window::Window;

/// What a version may do wrong, judged on its last thousand calls on one node. A rule that is none is not judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Abort {
    /// So many errors, at once.
    pub errors: Option<u32>,
    /// More errors than that, in percent.
    pub error_percent: Option<u8>,
    /// The calls before which shares and means are not judged.
    pub after_calls: u32,
    /// More answers than that, in percent, that are others than the active version's.
    #[serde(default)]
    pub differences_percent: Option<u8>,
    /// Mean fuel of a call.
    #[serde(default)]
    pub fuel: Option<u64>,
    /// Mean time of a call.
    #[serde(default)]
    pub microseconds: Option<u64>,
}

impl Default for Abort {
    fn default() -> Self {
        let (errors, error_percent, after_calls) = (Some(5), Some(5), 50);
        Self { errors, error_percent, after_calls, differences_percent: None, fuel: None, microseconds: None }
    }
}

impl Abort {
    /// Why the version is given up; none where it is not.
    pub(crate) fn judge(&self, seen: &Window) -> Option<String> {
        let (calls, failed, differing) = (seen.calls(), seen.failed(), seen.differing());
        if self.errors.is_some_and(|most| failed >= u64::from(most)) {
            return Some(format!("{failed} of its last {calls} calls failed"));
        }
        if calls < u64::from(self.after_calls) {
            return None;
        }
        let exceeds = |count: u64, percent: Option<u8>| percent.filter(|most| count * 100 > u64::from(*most) * calls);
        if let Some(most) = exceeds(failed, self.error_percent) {
            return Some(format!("{failed} of its last {calls} calls failed: more than {most} %"));
        }
        if let Some(most) = exceeds(differing, self.differences_percent) {
            return Some(format!("{differing} of its last {calls} answers were others: more than {most} %"));
        }
        let (fuel, micros) = seen.means()?;
        if let Some(most) = self.fuel.filter(|most| fuel > *most) {
            return Some(format!("it took {fuel} fuel units a call on average: more than {most}"));
        }
        let most = self.microseconds.filter(|most| micros > *most)?;
        Some(format!("it took {micros} microseconds a call on average: more than {most}"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::window::Call;
    use super::*;

    fn seen(calls: u64, failed: u64, differing: u64) -> Window {
        let mut window = Window::default();
        for call in 0..calls {
            window.push(Call { failed: call < failed, differs: call < differing, fuel: 100, micros: 7 });
        }
        window
    }

    #[test]
    fn errors_are_judged_at_once_and_shares_after_enough_calls() {
        let abort = Abort::default();
        assert_eq!(abort.judge(&seen(4, 4, 0)), None);
        assert!(abort.judge(&seen(5, 5, 0)).unwrap().contains("5 of its last 5"));
        let shares = Abort { errors: None, ..Abort::default() };
        assert_eq!(shares.judge(&seen(49, 49, 0)), None);
        assert!(shares.judge(&seen(50, 3, 0)).is_some());
        assert_eq!(shares.judge(&seen(100, 5, 0)), None, "five percent are not more than five percent");
    }

    #[test]
    fn differences_and_budgets_are_judged_where_they_are_set() {
        let none = Abort::default();
        assert_eq!(none.judge(&seen(50, 0, 50)), None);
        let differences = Abort { differences_percent: Some(10), ..none.clone() };
        assert_eq!(differences.judge(&seen(50, 0, 5)), None);
        assert!(differences.judge(&seen(50, 0, 6)).unwrap().contains("10 %"));
        let fuel = |most| Abort { fuel: Some(most), ..none.clone() }.judge(&seen(50, 0, 0));
        assert!(fuel(100).is_none() && fuel(99).unwrap().contains("fuel"));
        let time = |most| Abort { microseconds: Some(most), ..none.clone() }.judge(&seen(50, 0, 0));
        assert!(time(7).is_none() && time(6).unwrap().contains("microseconds"));
    }
}
