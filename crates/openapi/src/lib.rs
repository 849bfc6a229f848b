//! From an OpenAPI document to proposed boards.
