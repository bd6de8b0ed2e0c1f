//! The guest's voice: records on the console, by the road that tears the fewest of them.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};

use nix::sys::termios::tcdrain;

use super::document;
use super::record::{Document, Record};

/// Speaks from inside a guest.
#[derive(Debug)]
pub struct Speaker {
    console: File,
    /// The kernel's log. A message written here is printed at once and in one piece, also if the kernel
    /// dies in the next instant, while the console's own buffer would die with it.
    log: Option<File>,
    number: u32,
}

/// What the kernel itself may say on the console meanwhile.
#[derive(Clone, Copy, Debug)]
enum Kernel {
    /// Errors and worse; also our own records, which pass as critical ones.
    Heard,
    /// Nothing short of its death.
    Hushed,
}

impl Speaker {
    /// Opens the console; the first record gets this number.
    pub fn new(number: u32) -> io::Result<Speaker> {
        let console = OpenOptions::new().read(true).write(true).open("/dev/console")?;
        let log = OpenOptions::new().write(true).open("/dev/kmsg").ok();
        Ok(Speaker { console, log, number })
    }

    /// Says something that is no document.
    pub fn say(&mut self, record: &Record) -> io::Result<()> {
        let line = self.line(record);
        match &mut self.log {
            // One write is one message; 2 is critical.
            Some(log) => log.write_all(format!("<2>{line}\n").as_bytes()),
            None => self.print(&line),
        }
    }

    /// Sends a document.
    pub fn send(&mut self, document: Document, text: &[u8]) -> io::Result<()> {
        kernel(Kernel::Hushed);
        for record in document::cut(document, text)? {
            let line = self.line(&record);
            self.print(&line)?;
        }
        self.drain();
        kernel(Kernel::Heard);
        Ok(())
    }

    /// Waits until all that was said has left the machine.
    pub fn drain(&self) {
        // A console that is no terminal has no buffer that could be lost.
        tcdrain(&self.console).unwrap_or_default();
    }

    fn print(&mut self, line: &str) -> io::Result<()> {
        self.console.write_all(format!("{line}\n").as_bytes())
    }

    fn line(&mut self, record: &Record) -> String {
        let line = record.line(self.number);
        self.number += 1;
        line
    }
}

/// Sets the level of messages that reach the console. Without it more lines are torn, no more than that.
fn kernel(level: Kernel) {
    let level = match level {
        Kernel::Heard => "4",
        Kernel::Hushed => "1",
    };
    std::fs::write("/proc/sys/kernel/printk", level).unwrap_or_default();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_the_kernels_log_the_console_will_do() {
        use std::io::{Read, Seek};
        let record = Record::Step { ended: None, begins: Some(3) };
        let mut console = tempfile::tempfile().unwrap();
        let mut speaker = Speaker { console: console.try_clone().unwrap(), log: None, number: 0 };
        speaker.say(&record).unwrap();
        speaker.drain();
        let mut text = String::new();
        console.rewind().unwrap();
        console.read_to_string(&mut text).unwrap();
        assert_eq!(text, format!("{}\n", record.line(0)));
    }
}
