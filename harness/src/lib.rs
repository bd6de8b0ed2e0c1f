//! Drives tracees through ptrace(2) and records what the kernel answers.
//!
//! A case ([`case::Case`]) writes a [`program::Program`], gets the tracee that runs it
//! ([`tracee::Stopped`]), resumes and examines it, and holds what it sees against documented clauses.
//! [`run::run_case`] makes a [`record::CaseRecord`] of that; [`pool::Pool`] does so in worker processes.

#[path = "../tracee/src/abi.rs"]
pub mod abi;

pub mod answers;
pub mod arch;
pub mod case;
pub mod context;
pub mod edge;
pub mod environment;
pub mod errno;
pub mod feature;
pub mod foreign;
pub mod freezer;
pub mod handler;
pub mod image;
mod invariants;
pub mod judge;
pub mod kernel;
pub mod kernel_change;
mod kind;
pub mod label;
pub mod layout;
pub mod lie;
pub mod made_siginfo;
pub mod native;
pub mod proc;
pub mod proc_files;
pub mod proc_signals;
pub mod program;
pub mod program32;
pub mod record;
pub mod remote_memory;
pub mod request;
pub mod run;
pub mod sequence;
pub mod settings;
pub mod signal;
pub mod spawn;
pub mod start;
pub mod status;
pub mod syscall_info;
pub mod syscalls;
pub mod teardown;
pub mod tracee;
mod untraced;
pub mod values;
pub mod version;
pub mod waiting;
pub mod worker_images;

mod guardian;
mod hardware;
pub mod machine;
mod other_abis;
pub mod parallel;
pub mod pool;
mod process;
pub mod processor;
pub mod progress;
mod reap;
mod slot;
mod tracer;
mod wire;
pub mod worker;
