//! The module that every one of them is made of: the smallest selector there is, with a hole for each thing that can go wrong.

use crate::Misdeed;

/// What goes into the holes.
#[derive(Debug, Clone)]
pub(crate) struct Body {
    /// Pages of memory at the start.
    pages: u32,
    /// More functions.
    extra: String,
    start: &'static str,
    describe: &'static str,
    prepare: &'static str,
    select: &'static str,
    drop: &'static str,
    realloc: &'static str,
    /// First bytes of the answer of `select`.
    answer: &'static str,
}

const LOOP: &str = "(loop $for_ever (br $for_ever))";

const HARMLESS: Body = Body {
    pages: 17,
    extra: String::new(),
    start: "",
    describe: "",
    prepare: "",
    select: "",
    drop: "",
    realloc: "",
    // ok({rows, adjustments: []}): the rows are where the host put them.
    answer: "(i32.store8 (i32.const 2048) (i32.const 0))
             (i32.store (i32.const 2052) (local.get $rows)) (i32.store (i32.const 2056) (local.get $count))
             (i32.store (i32.const 2060) (i32.const 0)) (i32.store (i32.const 2064) (i32.const 0))",
};

impl Body {
    /// The smallest selector, with that misdeed.
    pub(crate) fn of(misdeed: Misdeed) -> Self {
        match misdeed {
            Misdeed::None => HARMLESS,
            Misdeed::LoopInStart => Self { start: LOOP, ..HARMLESS },
            Misdeed::LoopInDescribe => Self { describe: LOOP, ..HARMLESS },
            Misdeed::LoopInPrepare => Self { prepare: LOOP, ..HARMLESS },
            Misdeed::LoopInSelect => Self { select: LOOP, ..HARMLESS },
            Misdeed::LoopInDrop => Self { drop: LOOP, ..HARMLESS },
            Misdeed::LoopInRealloc => Self { realloc: LOOP, ..HARMLESS },
            Misdeed::HugeMemory => Self { pages: 4_096, ..HARMLESS },
            other => Self::in_select(other),
        }
    }

    /// The same with more functions.
    pub(crate) fn with(self, extra: String) -> Self {
        Self { extra, ..self }
    }

    fn in_select(misdeed: Misdeed) -> Self {
        let select = match misdeed {
            Misdeed::Recursion => "(call $recurse (i32.const 1)) drop",
            Misdeed::MemoryGrowth => {
                "(loop $more (memory.grow (i32.const 16)) (i32.const 0) i32.ge_s (br_if $more)) unreachable"
            }
            Misdeed::TableGrowth => {
                "(loop $more (table.grow $table (ref.null func) (i32.const 1000)) (i32.const 0) i32.ge_s (br_if $more)) unreachable"
            }
            Misdeed::HandleLeak => "(loop $more (call $new (i32.const 1)) drop (br $more))",
            Misdeed::LogStorm => "(loop $more (call $log (i32.const 4) (i32.const 1024) (i32.const 7)) (br $more))",
            Misdeed::HostCallStorm => "(loop $more (call $time) drop (br $more))",
            Misdeed::CopyGiants => {
                "(drop (memory.grow (i32.const 960)))
                 (loop $more (memory.copy (i32.const 65536) (i32.const 131072) (i32.const 33554432)) (br $more))"
            }
            Misdeed::RegexBomb => "(call $compile (i32.const 1040) (i32.const 1) (i32.const 3072))",
            Misdeed::Dawdle => {
                "(global.set $left (i32.const 1500000))
                 (loop $more (global.set $left (i32.sub (global.get $left) (i32.const 1))) (br_if $more (global.get $left)))"
            }
            _ => "",
        };
        let answer = match misdeed {
            Misdeed::HugeResult => {
                "(drop (memory.grow (i32.const 300)))
                 (i32.store8 (i32.const 2048) (i32.const 0))
                 (i32.store (i32.const 2052) (i32.const 65536)) (i32.store (i32.const 2056) (i32.const 4000000))
                 (i32.store (i32.const 2060) (i32.const 0)) (i32.store (i32.const 2064) (i32.const 0))"
            }
            Misdeed::ResultOutside => {
                "(i32.store8 (i32.const 2048) (i32.const 0))
                 (i32.store (i32.const 2052) (i32.const 4)) (i32.store (i32.const 2056) (i32.const 1000000000))
                 (i32.store (i32.const 2060) (i32.const 0)) (i32.store (i32.const 2064) (i32.const 0))"
            }
            // err(failed(text)): the text is two bytes that begin nothing.
            Misdeed::InvalidUtf8 => {
                "(i32.store8 (i32.const 2048) (i32.const 1)) (i32.store8 (i32.const 2052) (i32.const 1))
                 (i32.store (i32.const 2056) (i32.const 1064)) (i32.store (i32.const 2060) (i32.const 2))"
            }
            Misdeed::BadDiscriminant => "(i32.store8 (i32.const 2048) (i32.const 9))",
            _ => HARMLESS.answer,
        };
        Self { select, answer, ..HARMLESS }
    }
}

/// The text of the module. Low memory: 1024 summary, 1040 the one pattern of the regex bomb, 1064 no UTF-8, 1072 schema, 1100 pattern,
/// 2000 the answer of `describe`, 2048 that of `select`, 2100 that of `prepare`, 4096 on: what the host puts there.
pub(crate) fn module(body: &Body) -> String {
    let Body { pages, extra, start, describe, prepare, select, drop, realloc, answer } = body;
    format!(
        r#"(module
  (import "strowger:plugin/log@0.1.0" "log" (func $log (param i32 i32 i32)))
  (import "strowger:plugin/call@0.1.0" "time" (func $time (result i64)))
  (import "strowger:plugin/regex@0.1.0" "[static]regex-set.compile" (func $compile (param i32 i32 i32)))
  (import "[export]strowger:plugin/selector@0.1.0" "[resource-new]step" (func $new (param i32) (result i32)))
  (memory (export "memory") {pages})
  (table $table 1 funcref)
  (global $top (mut i32) (i32.const 4096))
  (global $left (mut i32) (i32.const 0))
  (data (i32.const 1024) "hostile")
  (data (i32.const 1040) "\4c\04\00\00\1d\00\00\00")
  (data (i32.const 1064) "\ff\fe")
  (data (i32.const 1072) "{{\"type\":\"object\"}}")
  (data (i32.const 1100) "(?:(?:a{{1000}}){{1000}}){{1000}}b")
  (func $begin {start})
  (start $begin)
  (func $recurse (param i32) (result i32) (i32.add (call $recurse (i32.add (local.get 0) (i32.const 1))) (i32.const 1)))
  {extra}
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
    {realloc}
    (local.set $at (i32.and (i32.add (global.get $top) (i32.const 15)) (i32.const -16)))
    (global.set $top (i32.add (local.get $at) (local.get 3)))
    (local.get $at))
  (func (export "strowger:plugin/describe@0.1.0#describe") (result i32)
    {describe}
    (i32.store8 (i32.const 2000) (i32.const 0))
    (i32.store (i32.const 2004) (i32.const 1024)) (i32.store (i32.const 2008) (i32.const 7))
    (i32.store (i32.const 2012) (i32.const 0)) (i32.store (i32.const 2016) (i32.const 0))
    (i32.store (i32.const 2020) (i32.const 1072)) (i32.store (i32.const 2024) (i32.const 17))
    (i32.const 2000))
  (func (export "strowger:plugin/selector@0.1.0#[static]step.prepare") (param i32 i32 i32 i32) (result i32)
    {prepare}
    (i32.store8 (i32.const 2100) (i32.const 0))
    (i32.store (i32.const 2104) (call $new (i32.const 7)))
    (i32.const 2100))
  (func (export "strowger:plugin/selector@0.1.0#[method]step.select") (param i32) (param $rows i32) (param $count i32) (result i32)
    {select}
    {answer}
    (i32.const 2048))
  (func (export "strowger:plugin/selector@0.1.0#[dtor]step") (param i32) {drop})
)"#
    )
}

/// The smallest formatter, which traps in `apply`. Low memory as in [`module`].
pub(crate) const TRAPPING_FORMATTER: &str = r#"(module
  (import "[export]strowger:plugin/formatter@0.1.0" "[resource-new]rewriter" (func $new (param i32) (result i32)))
  (memory (export "memory") 1)
  (global $top (mut i32) (i32.const 4096))
  (global $left (mut i32) (i32.const 0))
  (data (i32.const 1024) "hostile")
  (data (i32.const 1072) "{\"type\":\"object\"}")
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $top) (i32.const 15)) (i32.const -16)))
    (global.set $top (i32.add (local.get $at) (local.get 3)))
    (local.get $at))
  (func (export "strowger:plugin/describe@0.1.0#describe") (result i32)
    (i32.store8 (i32.const 2000) (i32.const 1))
    (i32.store (i32.const 2004) (i32.const 1024)) (i32.store (i32.const 2008) (i32.const 7))
    (i32.store (i32.const 2012) (i32.const 0)) (i32.store (i32.const 2016) (i32.const 0))
    (i32.store (i32.const 2020) (i32.const 1072)) (i32.store (i32.const 2024) (i32.const 17))
    (i32.const 2000))
  (func (export "strowger:plugin/formatter@0.1.0#[static]rewriter.prepare") (param i32 i32) (result i32)
    (i32.store8 (i32.const 2100) (i32.const 0))
    (i32.store (i32.const 2104) (call $new (i32.const 7)))
    (i32.const 2100))
  (func (export "strowger:plugin/formatter@0.1.0#[method]rewriter.apply") (param i32 i32 i32 i32) (result i32)
    unreachable)
  (func (export "strowger:plugin/formatter@0.1.0#[dtor]rewriter") (param i32))
)"#;
