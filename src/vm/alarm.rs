//! Alarms: what a kernel writes to its console when it is in trouble.

/// What to look for, the gravest first, and the same for every architecture.
const SIGNS: [&str; 13] = [
    "Kernel panic - not syncing",
    "Unable to mount root",
    "No working init found",
    "Initramfs unpacking failed",
    "Failed to execute /init",
    "Oops",
    "Internal error:",
    "BUG:",
    "general protection fault",
    "Unable to handle kernel",
    "detected stall",
    "self-detected stall",
    "WARNING: CPU",
];

/// Alarms kept; a kernel in trouble repeats itself.
const KEPT: usize = 20;

/// The alarms of one console.
#[derive(Debug, Default)]
pub struct Alarms {
    lines: Vec<(usize, String)>,
}

impl Alarms {
    /// Looks at a line of the console.
    pub fn look(&mut self, line: &str) {
        let sign = SIGNS.iter().position(|sign| line.contains(sign));
        if let Some(rank) = sign.filter(|_| self.lines.len() < KEPT) {
            self.lines.push((rank, without_time(line).to_owned()));
        }
    }

    /// The gravest, and of those the first: the others mostly follow from it.
    pub fn gravest(&self) -> Option<&str> {
        self.lines.iter().min_by_key(|(rank, _)| rank).map(|(_, line)| line.as_str())
    }

    /// Whether the kernel said that it is dead.
    pub fn panicked(&self) -> bool {
        self.lines.iter().any(|(rank, _)| *rank == 0)
    }
}

/// The message without the kernel's time stamp, `[    1.234567] ` or with a task, `[    1.234567][    T1] `.
fn without_time(line: &str) -> &str {
    let mut rest = line.trim();
    while let Some((stamp, message)) = rest.strip_prefix('[').and_then(|text| text.split_once(']')) {
        let of_stamp = |c: char| c.is_ascii_alphanumeric() || " .".contains(c);
        if !stamp.chars().all(of_stamp) {
            break;
        }
        rest = message.trim_start();
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alarms(lines: &[&str]) -> Alarms {
        let mut alarms = Alarms::default();
        lines.iter().for_each(|line| alarms.look(line));
        alarms
    }

    #[test]
    fn the_gravest_is_named_without_its_time() {
        let alarms = alarms(&[
            "[    0.5] random: crng init done",
            "[    1.100000][    T7] BUG: kernel NULL pointer dereference, address: 0000000000000008",
            "[    1.200000] Kernel panic - not syncing: Fatal exception",
            "[    1.300000] ---[ end Kernel panic - not syncing: Fatal exception ]---",
        ]);
        assert_eq!(alarms.gravest(), Some("Kernel panic - not syncing: Fatal exception"));
        assert!(alarms.panicked());
        assert_eq!(alarms.lines.len(), 3);
    }

    #[test]
    fn kernels_in_trouble_are_recognised() {
        for line in [
            "VFS: Unable to mount root fs on unknown-block(0,0)",
            "Kernel panic - not syncing: No working init found.  Try passing init= option to kernel.",
            "watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [init:1]",
            "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:",
            "rcu: INFO: rcu_sched self-detected stall on CPU",
            "Unable to handle kernel NULL pointer dereference at virtual address 0000000000000008",
            "Internal error: Oops: 96000004 [#1] SMP",
            "Initramfs unpacking failed: write error",
            "Failed to execute /init (error -8)",
        ] {
            assert_eq!(alarms(&[line]).gravest(), Some(line));
        }
    }

    #[test]
    fn a_quiet_console_has_none() {
        let quiet = alarms(&["[    0.000000] Linux version 6.1.0", "@ptc 1 start MA 00000000", ""]);
        assert_eq!(quiet.gravest(), None);
        assert!(!quiet.panicked());
    }
}
