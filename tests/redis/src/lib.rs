//! Redis servers for tests: real ones, on free loopback ports, ended when dropped.
