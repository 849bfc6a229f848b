//! The browser's whole vocabulary.
