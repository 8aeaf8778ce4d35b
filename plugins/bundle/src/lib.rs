//! strowger-bundle
