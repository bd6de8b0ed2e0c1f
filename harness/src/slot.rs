//! The command's end of one worker: starts it, asks it, and finds out what became of it.

use crate::signal::Signal;
use crate::wire::{Fault, Inbox, Kind, Message};
use crate::worker;
use nix::sys::signal::{Signal as KnownSignal, killpg};
use nix::unistd::Pid;
use serde::de::DeserializeOwned;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ExitStatus};
use std::time::Duration;

/// What a guardian may take on top of a case's time limit, to clean up after the case.
const GRACE: Duration = Duration::from_secs(5);

/// A place for one worker; the worker itself comes with the first case, and is replaced when it is lost.
#[derive(Debug)]
pub(crate) struct Slot {
    index: usize,
    limit: Duration,
    worker: Option<Worker>,
}

/// A worker in service. Its requests go to `keeper.stdin`.
#[derive(Debug)]
struct Worker {
    keeper: Child,
    answers: Inbox,
}

impl Slot {
    pub fn new(index: usize, limit: Duration) -> Slot {
        Slot { index, limit, worker: None }
    }

    /// Asks for something about a case: the answer, or why there is none.
    pub fn ask_for<T: DeserializeOwned>(&mut self, kind: Kind, body: &str) -> Result<T, String> {
        let request = Message { kind, body: body.as_bytes().to_vec() };
        let limit = self.limit + GRACE;
        let worker = self.ask(&request).map_err(|error| format!("cannot start a worker: {error}"))?;
        match worker.answers.receive_within(limit, None) {
            Ok(Message { kind: Kind::Record, body }) => serde_json::from_slice(&body)
                .map_err(|error| format!("the worker sent a record that cannot be read: {error}")),
            Ok(Message { kind: Kind::Broken, body }) => Err(String::from_utf8_lossy(&body).into_owned()),
            Ok(_) => Err(self.lose(Fault::Garbled)),
            Err(fault) => Err(self.lose(fault)),
        }
    }

    /// Gives the request to the worker: to a new one if there is none, or if it died while it had nothing to do
    /// and so will never read it.
    fn ask(&mut self, request: &Message) -> io::Result<&mut Worker> {
        let taken = self.worker.as_mut().is_some_and(|worker| worker.send(request).is_ok());
        if !taken {
            self.end();
            self.worker.insert(Worker::start(self.index, self.limit)?).send(request)?;
        }
        self.worker.as_mut().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// Gives up on the worker; what happened to it.
    fn lose(&mut self, fault: Fault) -> String {
        let patience = if fault == Fault::Closed { GRACE } else { Duration::ZERO };
        let status = self.worker.take().map(|worker| worker.end(patience));
        match (fault, status) {
            (Fault::Closed, Some(Ok(status))) => format!("the guardian {}", ended(status)),
            (Fault::Late, _) => format!("the guardian gave no sign of life for {:?}", self.limit + GRACE),
            (fault, _) => format!("the guardian does not answer: {fault:?}"),
        }
    }

    /// Tells the worker to end, without waiting for it.
    pub fn dismiss(&mut self) {
        if let Some(worker) = &mut self.worker {
            drop(worker.keeper.stdin.take());
        }
    }

    /// Ends the worker and waits until all that it had is gone.
    pub fn end(&mut self) {
        if let Some(worker) = self.worker.take() {
            // How it ended concerns no case.
            let _ = worker.end(GRACE);
        }
    }
}

impl Worker {
    fn start(slot: usize, limit: Duration) -> io::Result<Worker> {
        let mut keeper = worker::command(slot, limit).spawn()?;
        let answers = keeper.stdout.take().ok_or_else(|| io::Error::other("it has no pipe"))?;
        Ok(Worker { keeper, answers: Inbox::new(answers) })
    }

    fn send(&mut self, request: &Message) -> io::Result<()> {
        let requests = self.keeper.stdin.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        request.send(requests)
    }

    /// Ends when the worker has cleaned up. Who does not do so in time is killed: then only
    /// `PTRACE_O_EXITKILL` and `PR_SET_PDEATHSIG` clean up, but whoever hangs may be stopped or stuck.
    fn end(mut self, patience: Duration) -> io::Result<ExitStatus> {
        drop(self.keeper.stdin.take());
        if !self.answers.closed_within(patience) {
            // Keeper and guardian; the tracer process is in a group of its own.
            let _ = killpg(Pid::from_raw(self.keeper.id().cast_signed()), KnownSignal::SIGKILL);
            let _ = self.keeper.kill();
        }
        self.keeper.wait()
    }
}

fn ended(status: ExitStatus) -> String {
    match status.signal() {
        Some(signal) => format!("was killed by {}", Signal(signal)),
        None => format!("exited with {}", status.code().unwrap_or(-1)),
    }
}
