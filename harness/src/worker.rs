//! The processes behind a pool: how the command starts one of them, and what it does when it has been started.
//!
//! ```text
//! command ── pipes ── guardian ── pipes ── tracer process ── tracees
//!    └──── keeper ───────┘
//! ```
//!
//! Any single one of them may be killed at any time and nothing is left over: the *guardian*
//! notices the end of the command by the end of its pipe, and ends the *tracer process* and
//! every descendant it leaves; the *keeper*, a parent that only waits, does the same for a guardian that was
//! killed, and ends as the guardian did, so that the command sees how; and no one needs the keeper otherwise.
//! `PTRACE_O_EXITKILL` and `PR_SET_PDEATHSIG` only make it quicker. (`PR_SET_PDEATHSIG` cannot
//! tie keeper or guardian to the command: it fires when the *thread* that started them ends.)
//!
//! The keeper is started by executing this program again: in a program with several threads a fork alone would
//! be no safe ground to run on.

use crate::case::Registry;
use crate::guardian;
use crate::process;
use crate::processor;
use crate::reap;
use crate::tracer;
use crate::wire::Inbox;
use nix::fcntl::OFlag;
use nix::sys::prctl;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::SigSet;
use nix::sys::stat::{Mode, umask};
use nix::unistd::{self, ForkResult};
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

/// First argument of a program that is to be a worker.
const MARK: &str = "ptrace-conformance-worker";
/// First descriptor that the workers may use for themselves: the one before is where the tracee's program goes.
const FIRST_FREE: i32 = 4;

/// First statement of `main` in every program that uses a pool: if this process was started as a worker,
/// serves cases and exits, else returns.
pub fn serve_if_asked(registry: Registry) {
    let mut args = std::env::args_os().skip(1);
    if args.next().is_none_or(|first| first != MARK) {
        return;
    }
    let Some((slot, limit)) = orders(args) else {
        eprintln!("error: {MARK} is how this program starts its own workers, not for use by hand");
        std::process::exit(2);
    };
    match keep(registry, slot, limit) {
        Ok(never) => match never {},
        Err(error) => {
            eprintln!("error: cannot set up a worker: {error}");
            std::process::exit(3);
        }
    }
}

/// The command that starts the worker of this slot from the running program.
pub(crate) fn command(slot: usize, limit: Duration) -> Command {
    let mut command = Command::new(this_program());
    command.arg(MARK).arg(slot.to_string()).arg(limit.as_millis().to_string());
    command.env_clear().stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

fn orders(mut args: impl Iterator<Item = OsString>) -> Option<(usize, Duration)> {
    let mut number = || args.next()?.to_str()?.parse::<u64>().ok();
    Some((number()?.try_into().ok()?, Duration::from_millis(number()?)))
}

/// The running program, also if its file was replaced; without /proc by the name it was started with.
fn this_program() -> PathBuf {
    let running = PathBuf::from("/proc/self/exe");
    if running.exists() { running } else { std::env::args_os().next().unwrap_or_default().into() }
}

enum Never {}

/// Becomes the keeper, with a guardian as its child.
fn keep(registry: Registry, slot: usize, limit: Duration) -> io::Result<Never> {
    settle(slot);
    let (requests, answers) = take_pipes()?;
    let cases = tracer::by_name(registry);
    match process::fork()? {
        ForkResult::Child => {
            guardian::serve(Inbox::new(requests), File::from(answers), limit, &cases);
            process::exit_now(0)
        }
        ForkResult::Parent { child } => {
            // Only the guardian may seem to listen. But the answers end when all is cleaned up, and not before.
            drop(requests);
            let end = process::wait(child.as_raw(), 0)?;
            reap::end_children();
            match end {
                Some((_, status)) => process::end_like(status),
                None => process::exit_now(3),
            }
        }
    }
}

/// Leaves what the command inherited or its user chose. None of it is needed on a kernel that lacks it.
fn settle(slot: usize) {
    process::close_all_but(&[0, 1, 2]);
    process::default_signals();
    process::ignore_broken_pipes();
    let _ = SigSet::empty().thread_set_mask();
    // Out of reach of the terminal: ctrl-C is for the command, whose end we notice.
    let _ = unistd::setsid();
    let _ = prctl::set_child_subreaper(true);
    let _ = unistd::chdir("/");
    umask(Mode::from_bits_truncate(0o022));
    no_core_dumps();
    processor::pin(slot);
}

/// A limit of one byte, since with zero the kernel would still feed a core dump program.
fn no_core_dumps() {
    if let Ok((_, hard)) = getrlimit(Resource::RLIMIT_CORE) {
        let _ = setrlimit(Resource::RLIMIT_CORE, hard.min(1), hard);
    }
}

/// Moves the pipes to the command out of the way and leaves /dev/null in their place; number 3 is taken as long
/// as descriptors are opened here, and free in the tracer process.
fn take_pipes() -> io::Result<(OwnedFd, OwnedFd)> {
    let null = null()?;
    let requests = process::copy_above(io::stdin().as_fd(), FIRST_FREE)?;
    let answers = process::copy_above(io::stdout().as_fd(), FIRST_FREE)?;
    unistd::dup2_stdin(&null)?;
    unistd::dup2_stdout(&null)?;
    unistd::dup2_stderr(&null)?;
    // For as long as this process lives.
    std::mem::forget(null);
    Ok((requests, answers))
}

/// Reads nothing, swallows everything. Where there is no such device, a pipe that nobody writes to.
fn null() -> io::Result<OwnedFd> {
    let device = nix::fcntl::open("/dev/null", OFlag::O_RDWR | OFlag::O_CLOEXEC, Mode::empty());
    device.or_else(|_| io::pipe().map(|(reader, _)| reader.into()))
}
