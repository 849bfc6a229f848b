//! The real router, driven over HTTP.
