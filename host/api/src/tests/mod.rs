//! The whole router over a store in memory: what a client sees.

mod access;
mod accounts;
mod applications;
mod audit;
mod away;
mod bad_input;
mod calls;
mod collection;
mod damaged;
mod envelope;
mod filters;
mod fakes;
mod harness;
mod keys;
mod limits;
mod paging;
mod resources;
mod rotation;
mod selectors;
mod serving;
mod sessions;
mod tree;
mod users;
