//! A selector that does what no selector should, for tests of the sandbox. Its parameter says what, and when.

mod machine;

use serde::Deserialize;
use strowger_sdk::log::{self, Level};
use strowger_sdk::selector::{Adjustment, Call, Carrier, Selection, Selector};
use strowger_sdk::{Description, PluginError, request};

struct Hostile(Parameters);

#[derive(Deserialize, Clone, Copy)]
struct Parameters {
    misdeed: Misdeed,
    #[serde(default)]
    when: When,
}

#[derive(Deserialize, Clone, Copy, Default, PartialEq)]
#[serde(rename_all = "snake_case")]
enum When {
    Prepare,
    #[default]
    Select,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum Misdeed {
    /// Never returns.
    Loop,
    /// Takes memory until there is none.
    Grow,
    /// Panics.
    Trap,
    /// Calls itself until the stack ends.
    Recurse,
    /// Asks the host for ever.
    HostCalls,
    /// Logs for ever.
    Log,
    /// Says what WASI shows it of time and chance, without a line's end.
    Speak,
    /// Sleeps for a second.
    Sleep,
    /// Ends itself.
    Exit,
    /// Asks for a socket, a name and files, and says what it got.
    LookAround,
    /// Asks for more random bytes than anybody needs.
    MuchChance,
    /// Answers a row that the pool does not have.
    RowOutside,
    /// Answers a row twice.
    RowTwice,
    /// Answers a text that no SIP message can hold.
    LongText,
}

impl Selector for Hostile {
    type Parameters = Parameters;
    const DESCRIPTION: Description = Description::new("Misbehaves", include_str!("parameters.json"));

    fn prepare(parameters: Parameters, _: &[Carrier]) -> Result<Self, PluginError> {
        if parameters.when == When::Prepare {
            parameters.misdeed.commit(&[]);
        }
        Ok(Self(parameters))
    }

    fn select(&self, _: &Call, rows: Vec<u32>) -> Result<Selection, PluginError> {
        match self.0.when {
            When::Prepare => Ok(rows.into()),
            When::Select => Ok(self.0.misdeed.commit(&rows)),
        }
    }
}

impl Misdeed {
    #[expect(clippy::panic, reason = "to trap is what is asked for")]
    fn commit(self, rows: &[u32]) -> Selection {
        match self {
            Self::Loop => loop {
                std::hint::black_box(());
            },
            Self::Grow => grow(),
            Self::Trap => panic!("a panic on purpose"),
            Self::Recurse => vec![recurse(1)].into(),
            Self::HostCalls => loop {
                std::hint::black_box(request::text("Flags"));
            },
            Self::Log => loop {
                log::log(Level::Error, "a line of many");
            },
            Self::Speak => {
                machine::speak();
                rows.to_vec().into()
            }
            Self::Sleep => {
                machine::sleep();
                rows.to_vec().into()
            }
            Self::Exit => machine::exit(),
            Self::LookAround => {
                machine::look_around();
                rows.to_vec().into()
            }
            Self::MuchChance => vec![machine::much_chance()].into(),
            Self::RowOutside => vec![u32::MAX].into(),
            Self::RowTwice => rows.iter().flat_map(|&row| [row, row]).collect::<Vec<_>>().into(),
            Self::LongText => {
                let dialled = Some("5".repeat(1 << 20));
                let adjustments =
                    rows.iter().take(1).map(|&row| Adjustment { dialled: dialled.clone(), ..Adjustment::of([row]) });
                Selection { rows: rows.to_vec(), adjustments: adjustments.collect() }
            }
        }
    }
}

fn grow() -> ! {
    let mut taken: Vec<Vec<u8>> = Vec::new();
    loop {
        taken.push(std::hint::black_box(vec![1; 1 << 20]));
    }
}

#[expect(unconditional_recursion, reason = "the end of the stack is what is asked for")]
fn recurse(depth: u32) -> u32 {
    let frame = std::hint::black_box([depth; 64]);
    recurse(std::hint::black_box(depth.wrapping_add(1))).wrapping_add(frame.iter().sum())
}

strowger_sdk::export_selector!(Hostile);
