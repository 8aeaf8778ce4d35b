//! Plugins written by hand in the text format, for what no compiler would make: endless start functions, answers that break the
//! canonical ABI, code that is dear to compile.
#![expect(clippy::expect_used, reason = "a test component that is none must stop its test")]

mod template;

use std::path::Path;

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use template::Body;

/// What a selector does wrong, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misdeed {
    /// Nothing: what every other one is compared with.
    None,
    /// The start function never ends.
    LoopInStart,
    /// `describe` never ends.
    LoopInDescribe,
    /// `prepare` never ends.
    LoopInPrepare,
    /// `select` never ends.
    LoopInSelect,
    /// The destructor of a step never ends.
    LoopInDrop,
    /// What the host calls for memory never ends.
    LoopInRealloc,
    /// `select` calls itself.
    Recursion,
    /// Memory grows for ever.
    MemoryGrowth,
    /// A table grows for ever.
    TableGrowth,
    /// Handles are made and never dropped.
    HandleLeak,
    /// The answer has four million rows.
    HugeResult,
    /// The answer lies outside of the memory.
    ResultOutside,
    /// A refusal whose words are no UTF-8.
    InvalidUtf8,
    /// An answer that is neither of the two that there are.
    BadDiscriminant,
    /// A million log lines.
    LogStorm,
    /// Host calls for ever.
    HostCallStorm,
    /// Memory is copied for ever, 32 MiB at a time.
    CopyGiants,
    /// An expression that would take gigabytes.
    RegexBomb,
    /// A memory that begins with more than it may ever have.
    HugeMemory,
    /// `select` takes nearly all the fuel that it has, and answers.
    Dawdle,
}

impl Misdeed {
    /// All of them that end badly.
    pub const ALL: [Self; 19] = [
        Self::LoopInStart,
        Self::LoopInDescribe,
        Self::LoopInPrepare,
        Self::LoopInSelect,
        Self::LoopInDrop,
        Self::LoopInRealloc,
        Self::Recursion,
        Self::MemoryGrowth,
        Self::TableGrowth,
        Self::HandleLeak,
        Self::HugeResult,
        Self::ResultOutside,
        Self::InvalidUtf8,
        Self::BadDiscriminant,
        Self::LogStorm,
        Self::HostCallStorm,
        Self::CopyGiants,
        Self::RegexBomb,
        Self::HugeMemory,
    ];
}

/// The component that commits it.
///
/// # Panics
/// Where it cannot be assembled.
#[must_use]
pub fn selector(misdeed: Misdeed) -> Vec<u8> {
    assemble(&template::module(&Body::of(misdeed)))
}

/// What is dear to compile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompileBomb {
    /// A hundred thousand functions.
    ManyFunctions,
    /// One function of a million instructions.
    HugeFunction,
    /// Blocks in blocks, ten thousand deep.
    DeepNesting,
    /// One function with fifty thousand locals, all of them alive.
    ManyLocals,
}

impl CompileBomb {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::ManyFunctions, Self::HugeFunction, Self::DeepNesting, Self::ManyLocals];
}

/// A selector with that in it.
///
/// # Panics
/// Where it cannot be assembled.
#[must_use]
pub fn compile_bomb(bomb: CompileBomb) -> Vec<u8> {
    assemble(&template::module(&Body::of(Misdeed::None).with(extra(bomb))))
}

/// A selector with a megabyte of code such as compilers write: a thousand functions with branches, loops and memory in them.
///
/// # Panics
/// Where it cannot be assembled.
#[must_use]
pub fn megabyte() -> Vec<u8> {
    let step = "local.get 0 local.get 1 i32.add i32.const 65520 i32.and local.set 2
        block local.get 2 i32.eqz br_if 0
        local.get 2 i32.load offset=16 local.get 3 i32.xor local.set 3
        local.get 2 local.get 3 i32.store offset=32
        loop local.get 3 i32.const 1 i32.sub local.tee 3 i32.const 0 i32.gt_s br_if 0 end end\n";
    let function = |n: u32| {
        let steps = step.repeat(18);
        format!("(func (param i32 i32) (result i32) (local i32 i32) i32.const {n} local.set 3 {steps} local.get 3)\n")
    };
    assemble(&template::module(&Body::of(Misdeed::None).with((0..1_000).map(function).collect())))
}

fn extra(bomb: CompileBomb) -> String {
    match bomb {
        CompileBomb::ManyFunctions => (0..100_000)
            .map(|n| format!("(func (param i32) (result i32) local.get 0 i32.const {n} i32.xor)\n"))
            .collect(),
        CompileBomb::HugeFunction => {
            let steps = "local.get 0 i32.const 7 i32.mul i32.const 3 i32.add local.set 0\n".repeat(170_000);
            format!("(func (param i32) (result i32) {steps} local.get 0)")
        }
        CompileBomb::DeepNesting => {
            let (open, close) = ("(block ".repeat(10_000), ")".repeat(10_000));
            format!("(func {open} nop {close})")
        }
        CompileBomb::ManyLocals => {
            let locals = "(local i64) ".repeat(49_000);
            let sets: String =
                (0..49_000).map(|n| format!("local.get 0 i64.const {n} i64.add local.set {}\n", n + 1)).collect();
            let sum: String = (1..49_000).map(|n| format!("local.get {n} i64.add\n")).collect();
            format!("(func (param i64) (result i64) {locals} {sets} local.get 0 {sum})")
        }
    }
}

/// A formatter that can be prepared, and traps whenever it is to format something.
///
/// # Panics
/// Where it cannot be assembled.
#[must_use]
pub fn trapping_formatter() -> Vec<u8> {
    assemble_for("formatter-plugin", template::TRAPPING_FORMATTER)
}

fn assemble(module: &str) -> Vec<u8> {
    assemble_for("selector-plugin", module)
}

fn assemble_for(world: &str, module: &str) -> Vec<u8> {
    let mut binary = wat::parse_str(module).expect("the text is a module");
    let (mut resolve, wit) = (Resolve::default(), Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../wit"));
    let (package, _) = resolve.push_dir(&wit).expect("the WIT is valid");
    let world = resolve.select_world(&[package], Some(world)).expect("the world is there");
    embed_component_metadata(&mut binary, &resolve, world, StringEncoding::UTF8, false).expect("the world is embedded");
    let mut encoder = ComponentEncoder::default();
    let encoder = encoder.module(&binary).expect("the module fits the world");
    encoder.validate(true).encode().expect("a component is made")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_one_of_them_is_a_component() {
        for misdeed in Misdeed::ALL.into_iter().chain([Misdeed::None]) {
            assert!(selector(misdeed).starts_with(b"\0asm\x0d\0"), "{misdeed:?}");
        }
        assert!(trapping_formatter().starts_with(b"\0asm\x0d\0"));
    }
}
