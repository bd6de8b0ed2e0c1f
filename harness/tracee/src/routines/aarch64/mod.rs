//! Routines of aarch64, by what they are for.

mod accesses;
mod critical;
mod exclusive;
mod plain;
mod protected;
mod state;
mod stepping;
mod vectors;
