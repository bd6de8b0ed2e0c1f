//! The guest's view of its kernel's log: the alarms that were raised since it last looked.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;

use nix::fcntl::OFlag;

use super::alarm;

/// The log from now on. A kernel without /dev/kmsg has none.
#[derive(Debug)]
pub struct KernelLog(Option<File>);

/// One read gives one message; none is longer (kernel/printk, `PRINTK_MESSAGE_MAX`).
const MESSAGE_MAX: usize = 8192;

impl KernelLog {
    /// Opens it behind everything that has been said so far.
    pub fn open() -> KernelLog {
        let mut options = OpenOptions::new();
        let file = options.read(true).custom_flags(OFlag::O_NONBLOCK.bits()).open("/dev/kmsg");
        let at_end = |mut file: File| file.seek(SeekFrom::End(0)).map(|_| file);
        KernelLog(file.and_then(at_end).ok())
    }

    /// The alarms since the last time, each once, in order and normalised.
    pub fn alarms(&mut self) -> Vec<String> {
        let Some(file) = &mut self.0 else { return Vec::new() };
        let mut alarms = Vec::new();
        let mut buffer = [0; MESSAGE_MAX];
        loop {
            match file.read(&mut buffer) {
                Ok(0) => return alarms,
                Ok(length) => {
                    let alarm = alarm_in(&String::from_utf8_lossy(&buffer[..length]));
                    alarms.extend(alarm.filter(|alarm| !alarms.contains(alarm)));
                }
                // Messages were dropped before we read them (EPIPE); those behind them are still there.
                Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
                // Nothing more for now, or not for us.
                Err(_) => return alarms,
            }
        }
    }
}

/// The alarm in `priority,number,time,flags;text` (Documentation/ABI/testing/dev-kmsg), if the kernel raised
/// one. What a process has written, as we do, has a facility, the bits of the priority above the third.
fn alarm_in(message: &str) -> Option<String> {
    let (head, text) = message.split_once(';')?;
    let priority: u32 = head.split(',').next()?.parse().ok()?;
    let text = text.lines().next()?;
    if priority < 8 { alarm::normalised(text) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_kernels_own_alarms_count() {
        let text = "BUG: something at 0x1";
        assert_eq!(
            alarm_in(&format!("3,1,2,-;{text}\n SUBSYSTEM=x\n")).as_deref(),
            Some("BUG: something at _")
        );
        assert_eq!(alarm_in(&format!("10,1,2,-;{text}\n")), None);
        assert_eq!(alarm_in("6,1,2,-;random: crng init done\n"), None);
        assert_eq!(alarm_in("torn"), None);
    }
}
