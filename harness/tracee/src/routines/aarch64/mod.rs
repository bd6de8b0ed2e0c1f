//! Routines of aarch64, by what they are for.

mod plain;
mod stepping;
