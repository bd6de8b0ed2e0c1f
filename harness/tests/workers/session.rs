//! The judge's hold on a command and on all that descends from it.

use crate::cases::parent_of;
use crate::os;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdout, Command, Stdio};

/// A running command.
pub struct Session {
    command: Child,
    answers: BufReader<ChildStdout>,
    ears: BufReader<File>,
    _mouth: OwnedFd,
}

/// Who is who.
#[derive(Clone, Copy, Debug)]
pub struct Who {
    pub tracer: i32,
    pub guardian: i32,
    pub keeper: i32,
    pub tracee: i32,
    /// A process that the case leaves, or 0.
    pub left: i32,
}

impl Session {
    /// Starts a command, see [`crate::command::run`].
    pub fn start(args: &str) -> Session {
        let (ears, mouth) = os::ears();
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg("command").args(args.split(' ')).stdin(Stdio::piped()).stdout(Stdio::piped());
        // As a shell does it: signals from the terminal go to all of the command's group.
        let mut command = command.process_group(0).spawn().unwrap();
        let answers = BufReader::new(command.stdout.take().unwrap());
        Session { command, answers, ears: BufReader::new(ears), _mouth: mouth }
    }

    /// Has a case run.
    pub fn ask(&mut self, name: &str) {
        self.command.stdin.as_mut().unwrap().write_all(format!("{name}\n").as_bytes()).unwrap();
    }

    /// Verdict and reason of the next case that finishes.
    pub fn answer(&mut self) -> String {
        let mut line = String::new();
        assert!(self.answers.read_line(&mut line).unwrap() > 0, "the command has ended");
        line.trim_end().to_owned()
    }

    /// Has a case run that must answer like this.
    #[track_caller]
    pub fn check(&mut self, name: &str, answer: &str) {
        self.ask(name);
        assert_eq!(self.answer(), answer);
    }

    /// Waits until the running case tells who is who.
    pub fn hear(&mut self) -> Who {
        let mut line = String::new();
        self.ears.read_line(&mut line).unwrap();
        let numbers: Vec<i32> = line.split_ascii_whitespace().map(|word| word.parse().unwrap()).collect();
        let [tracer, guardian, keeper, tracee, left] = numbers[..] else { panic!("heard {line:?}") };
        Who { tracer, guardian, keeper, tracee, left }
    }

    /// The command's process.
    pub fn pid(&self) -> i32 {
        self.command.id().cast_signed()
    }

    /// Lets the command end by itself; at once there must be nothing left.
    pub fn finish(mut self) {
        drop(self.command.stdin.take());
        let status = self.command.wait().unwrap();
        assert!(status.success(), "the command: {status}");
        assert_eq!(os::wait_any(false), None, "something outlives the command");
    }

    /// As [`Session::finish`] for a command that does not end well, or whose keepers could not wait for all:
    /// everything else has to end by itself.
    pub fn abandon(mut self) {
        drop(self.command.stdin.take());
        while os::wait_any(true).is_some() {}
    }
}

/// Kills and waits until that has had its effect.
pub fn kill_and_wait(pid: i32) {
    kill(Pid::from_raw(pid), Signal::SIGKILL).unwrap();
    os::wait_until_dead(pid);
}

/// A process that descends from `root` by this many generations, if there is one at the moment.
pub fn descendant(root: i32, generations: usize) -> Option<i32> {
    if generations == 0 {
        return Some(root);
    }
    let entries = std::fs::read_dir("/proc").unwrap();
    let pids = entries.filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok());
    let mut children = pids.filter(|&pid: &i32| parent_of(pid) == Some(root));
    children.find_map(|child| descendant(child, generations - 1))
}
