//! The API, driven over its routes.
