//! A guest: QEMU as a child process that cannot outlive this one, and what it says, line by line.
#![expect(unsafe_code, reason = "the signal for a dead parent is set between fork and exec")]

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use nix::sys::prctl;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::{Pid, getpid, getppid};

/// A line, without its end: text that may hold anything.
#[derive(Debug, PartialEq, Eq)]
pub enum Said {
    /// From the guest's console.
    Console(String),
    /// From QEMU itself.
    Qemu(String),
}

/// A running QEMU. Dropping it ends it.
#[derive(Debug)]
pub struct Guest {
    child: Child,
    said: Receiver<Said>,
    ended: bool,
}

impl Guest {
    /// Starts QEMU. It ends with the calling thread at the latest, even if that is killed.
    pub fn start(program: &Path, arguments: &[OsString]) -> io::Result<Guest> {
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // A group of its own: ctrl-C reaches us, and we end it in good order.
        command.process_group(0);
        die_with_parent(&mut command);
        let mut child = command.spawn()?;
        let (sender, said) = mpsc::channel();
        let (console, errors) = (child.stdout.take(), child.stderr.take());
        let guest = Guest { child, said, ended: false };
        if let Some(console) = console {
            forward(console, sender.clone(), Said::Console);
        }
        if let Some(errors) = errors {
            forward(errors, sender, Said::Qemu);
        }
        Ok(guest)
    }

    /// The next line, or why there is none: nothing was said for so long, or it will never say more.
    pub fn listen(&self, patience: Duration) -> Result<Said, RecvTimeoutError> {
        self.said.recv_timeout(patience)
    }

    /// Ends it if it has not ended by itself, and says how it ended and what it said meanwhile.
    pub fn end(mut self) -> (io::Result<ExitStatus>, Vec<Said>) {
        let status = self.kill();
        // Its pipes are closed now, so this ends.
        (status, self.said.iter().collect())
    }

    /// Kills its process group, once: afterwards the number may be somebody else's. The status is that of
    /// QEMU's own end if it had begun: a killed process keeps the first reason.
    fn kill(&mut self) -> io::Result<ExitStatus> {
        if !self.ended {
            self.ended = true;
            killpg(Pid::from_raw(self.child.id().cast_signed()), Signal::SIGKILL)?;
        }
        self.child.wait()
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        // It can only fail when there is nothing left to end.
        let _ = self.kill();
    }
}

/// A line as text, without its end: on a console anything can stand.
pub fn text(line: &[u8]) -> String {
    String::from_utf8_lossy(line).trim_end_matches(['\r', '\n']).to_owned()
}

/// Reads quickly whatever comes: a serial line whose reader dawdles loses characters.
fn forward(from: impl Read + Send + 'static, to: Sender<Said>, kind: fn(String) -> Said) {
    std::thread::spawn(move || {
        let mut from = BufReader::with_capacity(1 << 16, from);
        let mut line = Vec::new();
        // A pipe that fails is a pipe that ends; how QEMU ended says the rest.
        while matches!(from.read_until(b'\n', &mut line), Ok(1..)) {
            let said = kind(text(&line));
            line.clear();
            if to.send(said).is_err() {
                break;
            }
        }
    });
}

fn die_with_parent(command: &mut Command) {
    let parent = getpid();
    let prepare = move || ask_for_death(parent);
    // SAFETY: the closure makes two system calls, allocates nothing and takes no lock.
    unsafe { command.pre_exec(prepare) };
}

fn ask_for_death(parent: Pid) -> io::Result<()> {
    prctl::set_pdeathsig(Signal::SIGKILL)?;
    if getppid() == parent {
        Ok(())
    } else {
        // The parent died before it could be noticed.
        Err(io::ErrorKind::Interrupted.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Guest {
        Guest::start(Path::new("sh"), &["-c".into(), script.into()]).unwrap()
    }

    #[test]
    fn both_its_voices_are_heard_and_its_end() {
        let guest = shell("printf 'one\\r\\ntwo'; echo oops >&2; exit 3");
        let mut said = Vec::new();
        while let Ok(line) = guest.listen(Duration::from_secs(60)) {
            said.push(line);
        }
        said.sort_by_key(|line| matches!(line, Said::Qemu(_)));
        let expected = [Said::Console("one".into()), Said::Console("two".into()), Said::Qemu("oops".into())];
        assert_eq!(said, expected);
        assert_eq!(guest.end().0.unwrap().code(), Some(3));
    }

    #[test]
    fn a_silent_one_is_noticed_and_ended() {
        let guest = shell("echo here; exec sleep 1000");
        assert_eq!(guest.listen(Duration::from_secs(60)), Ok(Said::Console("here".into())));
        assert_eq!(guest.listen(Duration::from_millis(1)), Err(RecvTimeoutError::Timeout));
        assert!(!guest.end().0.unwrap().success());
    }

    #[test]
    fn what_it_started_ends_with_it() {
        let guest = shell("sleep 1000 & echo here; wait");
        assert_eq!(guest.listen(Duration::from_secs(60)), Ok(Said::Console("here".into())));
        // Returns only when nobody holds the pipes any more.
        assert_eq!(guest.end().1, []);
    }

    #[test]
    fn what_is_no_text_is_heard_too() {
        let guest = shell("printf '\\377\\n'");
        assert_eq!(guest.listen(Duration::from_secs(60)), Ok(Said::Console("\u{fffd}".into())));
    }

    /// The thread that started it ends, and so does it.
    #[test]
    fn it_does_not_outlive_its_starter() {
        let starter = std::thread::spawn(|| shell("exec sleep 1000"));
        let guest = starter.join().unwrap();
        assert_eq!(guest.listen(Duration::from_secs(60)), Err(RecvTimeoutError::Disconnected));
    }
}
