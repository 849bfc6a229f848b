//! Shell, route table and page frame.
