//! strowger-media
