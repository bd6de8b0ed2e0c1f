//! The guardian: passes requests to its tracer process, watches the clock and the tracer's life, and cleans up.
//!
//! It traces nothing and has one thread, so that nothing a case does can make it hang. Descendants that a
//! dead tracer process leaves behind come to the guardian, a sub-reaper, and end there.

use crate::process;
use crate::progress;
use crate::reap;
use crate::status::{Reading, Status};
use crate::tracer::{self, Cases};
use crate::wire::{Fault, Inbox, Kind, Message};
use nix::sys::prctl;
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::{ForkResult, Pid, getpid};
use std::fs::File;
use std::io::{self, PipeWriter};
use std::os::fd::AsFd;
use std::time::Duration;

/// Serves the command at the other end of these pipes until it closes them.
pub(crate) fn serve(mut requests: Inbox, answers: File, limit: Duration, cases: &Cases) {
    // Optional: without it what escapes from a dead tracer process cannot be found.
    let _ = prctl::set_child_subreaper(true);
    progress::share();
    let mut guardian = Guardian { cases, limit, tracer: None };
    // A command that is gone or talks nonsense needs no answer: in both cases this is the end.
    while let Ok(request) = requests.receive() {
        let Some(answer) = guardian.answer(&request, &requests) else { break };
        if answer.send(&mut &answers).is_err() {
            break;
        }
    }
    guardian.retire();
    reap::end_children();
}

struct Guardian<'a> {
    cases: &'a Cases,
    limit: Duration,
    tracer: Option<Tracer>,
}

/// The tracer process, seen from outside.
struct Tracer {
    pid: Pid,
    requests: PipeWriter,
    answers: Inbox,
}

impl Guardian<'_> {
    /// The answer of the tracer process, or what became of it; nothing if the command has gone meanwhile.
    fn answer(&mut self, request: &Message, command: &Inbox) -> Option<Message> {
        let limit = self.limit;
        let tracer = match self.ask(request) {
            Ok(tracer) => tracer,
            Err(error) => return Some(Message::broken(format!("cannot start a tracer process: {error}"))),
        };
        let answer = tracer.answers.receive_within(limit, Some(command.as_fd()));
        match answer {
            Ok(Message { kind: Kind::Record, .. }) => return answer.ok(),
            Err(Fault::Unwanted) => return None,
            _ => {}
        }
        let end = self.retire();
        Some(match answer {
            Ok(Message { kind: Kind::Leftovers, body }) => Message { kind: Kind::Record, body },
            Ok(broken) => broken,
            Err(fault) => Message::broken(self.reason(fault, end)),
        })
    }

    /// Gives the request to the tracer process: to a new one if there is none, or if it died while it had
    /// nothing to do and so will never read it.
    fn ask(&mut self, request: &Message) -> io::Result<&mut Tracer> {
        progress::set("starting");
        let taken = self.tracer.as_mut().is_some_and(|tracer| request.send(&mut tracer.requests).is_ok());
        if !taken {
            self.retire();
            request.send(&mut self.tracer.insert(start(self.cases)?).requests)?;
        }
        self.tracer.as_mut().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// Ends the tracer process and all that descends from it; how it had ended, if it was not by us.
    fn retire(&mut self) -> Option<Status> {
        let tracer = self.tracer.take()?;
        // Its group holds nearly everything; who left the group is found when the tracer process is dead. A task
        // that cannot be killed while it is traced can be as soon as its tracer has gone.
        let _ = killpg(tracer.pid, Signal::SIGKILL);
        let _ = kill(tracer.pid, Signal::SIGKILL);
        let end = process::wait(tracer.pid.as_raw(), 0);
        reap::end_children();
        end.ok().flatten().map(|(_, status)| status)
    }

    fn reason(&self, fault: Fault, end: Option<Status>) -> String {
        let doing = progress::get();
        match (fault, end.map(Status::read)) {
            (Fault::Late, _) => format!("time limit of {:?}: the worker was {doing}", self.limit),
            (Fault::Closed, Some(Reading::Gone(end))) => {
                format!("the worker died: {end}, while it was {doing}")
            }
            (fault, _) => format!("the worker does not answer: {fault:?}, while it was {doing}"),
        }
    }
}

fn start(cases: &Cases) -> io::Result<Tracer> {
    let (to_read, requests) = io::pipe()?;
    let (answers, to_write) = io::pipe()?;
    let guardian = getpid();
    match process::fork()? {
        ForkResult::Child => tracer::run(to_read.into(), to_write.into(), guardian, cases),
        ForkResult::Parent { child } => Ok(Tracer { pid: child, requests, answers: Inbox::new(answers) }),
    }
}
