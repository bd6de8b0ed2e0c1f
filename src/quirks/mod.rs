//! The quirk catalogue, `reports/QUIRKS.md`: what surprises at ptrace(2), where it was measured, and what to do.
//!
//! The page is a function of the evidence and of what stands beside the cases: it claims nothing of a kernel
//! that did not run.

mod differences;
pub mod markdown;
mod page;
pub mod spans;

pub use page::page;
