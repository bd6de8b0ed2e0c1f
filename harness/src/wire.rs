//! Messages between the command, a guardian and its tracer process: length, kind and bytes, over pipes.

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Run the case of this name; under one lie if a second line names it.
    Run,
    /// The same, and keep a journal.
    RunWithJournal,
    /// Run it and list the lies that could be told.
    ListLies,
    /// The case's record, or the list, as JSON; nothing else is left of it.
    Record,
    /// The same, but processes are left that the worker could not get rid of.
    Leftovers,
    /// There is no record; the reason.
    Broken,
}

impl Kind {
    const ALL: [Kind; 6] =
        [Kind::Run, Kind::RunWithJournal, Kind::ListLies, Kind::Record, Kind::Leftovers, Kind::Broken];
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub kind: Kind,
    pub body: Vec<u8>,
}

impl Message {
    /// There is no record, for this reason.
    pub fn broken(reason: String) -> Message {
        Message { kind: Kind::Broken, body: reason.into_bytes() }
    }

    /// Writes it, in one piece if the pipe has room.
    pub fn send(&self, to: &mut impl Write) -> io::Result<()> {
        let length = u32::try_from(self.body.len()).map_err(io::Error::other)?;
        let mut bytes = Vec::with_capacity(HEADER + self.body.len());
        bytes.extend(length.to_le_bytes());
        bytes.push(self.kind as u8);
        bytes.extend(&self.body);
        to.write_all(&bytes)
    }
}

/// Length and kind.
const HEADER: usize = 5;

/// Why no message came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The time is over.
    Late,
    /// The sender has gone, perhaps in the middle of a message.
    Closed,
    /// The one for whom we wait has gone.
    Unwanted,
    /// What came is no message.
    Garbled,
    /// The kernel refused.
    Failed(Errno),
}

/// The receiving end of a pipe, with what has been read ahead.
#[derive(Debug)]
pub(crate) struct Inbox {
    pipe: File,
    read: Vec<u8>,
}

impl Inbox {
    pub fn new(pipe: impl Into<OwnedFd>) -> Inbox {
        Inbox { pipe: File::from(pipe.into()), read: Vec::new() }
    }

    /// The next message, however long it takes.
    pub fn receive(&mut self) -> Result<Message, Fault> {
        self.take(|_| Ok(()))
    }

    /// The next message, if it comes in time and the other end of the pipe `wanted_by` stays open meanwhile.
    pub fn receive_within(
        &mut self,
        limit: Duration,
        wanted_by: Option<BorrowedFd<'_>>,
    ) -> Result<Message, Fault> {
        let end = Instant::now() + limit;
        self.take(|pipe| wait_until(end, pipe, wanted_by))
    }

    /// Waits until the sender has gone, but no longer than this; whatever still comes is dropped.
    pub fn closed_within(&mut self, limit: Duration) -> bool {
        let end = Instant::now() + limit;
        loop {
            match self.take(|pipe| wait_until(end, pipe, None)) {
                Ok(_) | Err(Fault::Garbled) => self.read.clear(),
                Err(fault) => return fault == Fault::Closed,
            }
        }
    }

    fn take(&mut self, wait: impl Fn(BorrowedFd<'_>) -> Result<(), Fault>) -> Result<Message, Fault> {
        loop {
            if let Some(message) = self.complete()? {
                return Ok(message);
            }
            wait(self.pipe.as_fd())?;
            self.read_more()?;
        }
    }

    /// The first message, if all of it is there.
    fn complete(&mut self) -> Result<Option<Message>, Fault> {
        let Some((header, rest)) = self.read.split_first_chunk::<HEADER>() else { return Ok(None) };
        let [length @ .., kind] = *header;
        let kind = *Kind::ALL.get(usize::from(kind)).ok_or(Fault::Garbled)?;
        let length = u32::from_le_bytes(length) as usize;
        let Some(body) = rest.get(..length) else { return Ok(None) };
        let message = Message { kind, body: body.to_vec() };
        self.read.drain(..HEADER + length);
        Ok(Some(message))
    }

    fn read_more(&mut self) -> Result<(), Fault> {
        let mut chunk = [0; 16 * 1024];
        match self.pipe.read(&mut chunk) {
            Ok(0) => Err(Fault::Closed),
            Ok(count) => {
                self.read.extend(&chunk[..count]);
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(()),
            Err(error) => Err(Fault::Failed(Errno::from_raw(error.raw_os_error().unwrap_or(0)))),
        }
    }
}

impl AsFd for Inbox {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.pipe.as_fd()
    }
}

/// Waits until `pipe` can be read. Where the kernel has no poll(2), the read that follows waits instead,
/// without limit.
fn wait_until(end: Instant, pipe: BorrowedFd<'_>, wanted_by: Option<BorrowedFd<'_>>) -> Result<(), Fault> {
    let mut both =
        [PollFd::new(pipe, PollFlags::POLLIN), PollFd::new(wanted_by.unwrap_or(pipe), PollFlags::empty())];
    let watched = if wanted_by.is_some() { &mut both[..] } else { &mut both[..1] };
    loop {
        // One more millisecond, since poll counts whole ones and must not come back early for ever.
        let left = end.saturating_duration_since(Instant::now()) + Duration::from_millis(1);
        match poll(watched, PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX)) {
            Ok(0) if Instant::now() >= end => return Err(Fault::Late),
            Ok(0) | Err(Errno::EINTR) => {}
            Ok(_) if watched.get(1).and_then(PollFd::any).unwrap_or(false) => return Err(Fault::Unwanted),
            Ok(_) | Err(_) => return Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_millis(20);
    const LATE: Duration = Duration::from_secs(60);

    fn pipe() -> (Inbox, io::PipeWriter) {
        let (reader, writer) = io::pipe().unwrap();
        (Inbox::new(reader), writer)
    }

    fn record(body: &[u8]) -> Message {
        Message { kind: Kind::Record, body: body.to_vec() }
    }

    #[test]
    fn messages_arrive_whole_and_in_order() {
        let (mut inbox, mut writer) = pipe();
        let long = record(&vec![7; 100_000]);
        let copy = long.clone();
        let sender = std::thread::spawn(move || {
            for message in [Message::broken("why".to_owned()), record(b""), copy] {
                message.send(&mut writer).unwrap();
            }
        });
        assert_eq!(inbox.receive(), Ok(Message::broken("why".to_owned())));
        assert_eq!(inbox.receive_within(LATE, None), Ok(record(b"")));
        assert_eq!(inbox.receive_within(LATE, None), Ok(long));
        assert_eq!(inbox.receive(), Err(Fault::Closed));
        sender.join().unwrap();
    }

    #[test]
    fn half_a_message_is_none() {
        let (mut inbox, mut writer) = pipe();
        writer.write_all(&[9, 0, 0, 0, Kind::Record as u8, 1, 2]).unwrap();
        assert_eq!(inbox.receive_within(SOON, None), Err(Fault::Late));
        drop(writer);
        assert_eq!(inbox.receive(), Err(Fault::Closed));
        assert!(inbox.closed_within(SOON));
    }

    #[test]
    fn an_unknown_kind_is_no_message() {
        let (mut inbox, mut writer) = pipe();
        writer.write_all(&[0, 0, 0, 0, 99]).unwrap();
        assert_eq!(inbox.receive(), Err(Fault::Garbled));
        assert!(!inbox.closed_within(SOON));
        drop(writer);
        assert!(inbox.closed_within(LATE));
    }

    #[test]
    fn waiting_ends_when_nobody_wants_the_answer() {
        let (mut inbox, _writer) = pipe();
        let (client, wanted) = io::pipe().unwrap();
        assert_eq!(inbox.receive_within(SOON, Some(client.as_fd())), Err(Fault::Late));
        drop(wanted);
        assert_eq!(inbox.receive_within(LATE, Some(client.as_fd())), Err(Fault::Unwanted));
    }
}
