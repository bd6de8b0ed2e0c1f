//! The tracer process: runs one case after the other, on its only thread, for its guardian.
//!
//! What it is born with, tracees inherit; so it gives itself the same plain state whoever started the command.

use crate::case::{Registry, Variant, all_variants};
use crate::kernel::Kernel;
use crate::lie::Liar;
use crate::process;
use crate::progress;
use crate::reap;
use crate::run::{self, list_lies, run_case};
use crate::wire::{Inbox, Kind, Message};
use nix::sys::prctl;
use nix::sys::signal::Signal;
use nix::unistd::{Pid, getppid};
use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::File;
use std::os::fd::{AsRawFd, OwnedFd};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};

/// Every case by its full name.
pub(crate) type Cases = HashMap<String, Variant>;

/// The cases of a registry by name.
pub(crate) fn by_name(registry: Registry) -> Cases {
    all_variants(registry).into_iter().collect()
}

/// Serves the guardian until it closes the pipe or dies.
pub(crate) fn run(requests: OwnedFd, answers: OwnedFd, guardian: Pid, cases: &Cases) -> ! {
    settle(&requests, &answers);
    if getppid() != guardian {
        // It died before we asked to die with it.
        process::exit_now(0);
    }
    std::panic::set_hook(Box::new(remember));
    let mut requests = Inbox::new(requests);
    let mut answers = File::from(answers);
    while let Ok(request) = requests.receive() {
        let mut answer = judge(&request, cases);
        if answer.kind == Kind::Record && !reap::none_left() {
            answer.kind = Kind::Leftovers;
        }
        if answer.send(&mut answers).is_err() {
            break;
        }
    }
    process::exit_now(0)
}

/// Takes on the state that every tracee inherits, and what makes sure that nothing outlives this process.
///
/// Kernels may lack any of it but the signals, and are conformance-tested nevertheless.
fn settle(requests: &OwnedFd, answers: &OwnedFd) {
    let _ = prctl::set_pdeathsig(Signal::SIGKILL);
    process::close_all_but(&[0, 1, 2, requests.as_raw_fd(), answers.as_raw_fd()]);
    run::be_plain();
}

fn judge(request: &Message, cases: &Cases) -> Message {
    let body = String::from_utf8_lossy(&request.body);
    let (name, lie) = match body.split_once('\n') {
        Some((name, lie)) => (name, Some(lie)),
        None => (&*body, None),
    };
    let Some(&variant) = cases.get(name) else {
        return Message::broken(format!("there is no case named {name}; `list` shows all"));
    };
    let liar = match lie.map(str::parse).transpose() {
        Ok(lie) => lie.map(Liar::telling),
        Err(reason) => return Message::broken(reason),
    };
    progress::set("preparing the case");
    let Ok(answer) = catch_unwind(AssertUnwindSafe(|| answer(request.kind, name, variant, liar))) else {
        return Message::broken(format!("the worker {}", PANIC.take()));
    };
    progress::set("reporting");
    match answer {
        Ok(body) => Message { kind: Kind::Record, body },
        Err(error) => Message::broken(format!("the record cannot be written as JSON: {error}")),
    }
}

fn answer(kind: Kind, name: &str, variant: Variant, liar: Option<Liar>) -> serde_json::Result<Vec<u8>> {
    if kind == Kind::ListLies {
        return serde_json::to_vec(&list_lies(name, variant));
    }
    serde_json::to_vec(&run_case(name, variant, Kernel::new(kind == Kind::RunWithJournal, liar)))
}

thread_local! {
    /// The last panic, as it would be printed.
    static PANIC: RefCell<String> = RefCell::default();
}

fn remember(panic: &PanicHookInfo<'_>) {
    PANIC.set(panic.to_string().replace('\n', " "));
}
