//! Routines in assembly: instruction sequences that cases are about, in the order in which they stand.
//!
//! Each is called like a C function with one word and returns one ([`crate::pads::routine`]). Its labels, and those
//! of its instructions where a case needs them, are global: the harness knows each by name
//! (`label::STRAIGHT`), and reports show addresses by them. A routine that one architecture cannot have has no label
//! there.

#[cfg(target_arch = "aarch64")]
mod aarch64;
#[cfg(target_arch = "x86_64")]
mod x86_64;
