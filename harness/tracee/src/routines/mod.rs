//! Routines in assembly that the program runs, or that a tracer makes it run, as a debugger calls a function.
//!
//! Each is called like a C function with up to three words and returns one. Its labels, and those of its instructions
//! where a case needs them, are global: the harness knows each by name (`label::STRAIGHT`), and reports show addresses
//! by them.

#[cfg(target_arch = "aarch64")]
mod aarch64;
#[cfg(target_arch = "x86_64")]
mod x86_64;
