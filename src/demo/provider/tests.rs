//! The provider, driven over its routes.
