//! Routines of x86_64, by what they are for.

mod accesses;
mod calls;
mod critical;
mod plain;
mod segment;
mod special;
mod state;
mod stepping;
