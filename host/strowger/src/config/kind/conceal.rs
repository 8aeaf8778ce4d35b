//! Secrets.

use strowger_model::Secret;

use super::{Kind, Shape};

/// What is shown instead of a secret.
pub(super) const CONCEALED: &str = "…";

/// A secret of visible ASCII characters.
pub struct Hidden<const LEAST: usize, const MOST: usize>;

impl<const LEAST: usize, const MOST: usize> Kind for Hidden<LEAST, MOST> {
    type Value = Secret;
    const SHAPE: Shape = Shape::Text;
    const PLACEHOLDER: &'static str = "SECRET";
    const IS_SECRET: bool = true;

    fn rule() -> String {
        format!("{LEAST} to {MOST} visible ASCII characters without spaces")
    }

    fn read(text: &str) -> Option<Secret> {
        let fits = (LEAST..=MOST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Secret::new(text))
    }

    fn show(_: &str) -> String {
        CONCEALED.to_owned()
    }
}
