//! Routines of x86_64, by what they are for.

mod plain;
mod stepping;
