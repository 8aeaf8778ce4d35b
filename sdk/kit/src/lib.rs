//! What `strowger plugin` does offline: projects, builds, verdicts, cases, conformance.
