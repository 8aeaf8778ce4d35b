//! The whole router over a store in memory: what a client sees.

mod access;
mod accounts;
mod applications;
mod bad_input;
mod calls;
mod envelope;
mod fakes;
mod harness;
mod keys;
mod paging;
mod resources;
mod selectors;
mod serving;
