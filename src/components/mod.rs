//! Filled in by the pages.
