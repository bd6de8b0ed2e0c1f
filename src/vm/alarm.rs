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
    "soft lockup",
];

/// Alarms kept; a kernel in trouble repeats itself.
const KEPT: usize = 20;

/// The alarms of one console.
#[derive(Debug, Default)]
pub struct Alarms {
    lines: Vec<Alarm>,
}

/// One line of a kernel in trouble.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    rank: usize,
    /// What it said, without the time.
    pub text: String,
    /// The case that was running, by its place in the plan.
    pub case: Option<u32>,
}

impl Alarms {
    /// Looks at a line of the console, said while this case was running.
    pub fn look(&mut self, line: &str, case: Option<u32>) {
        let text = without_time(line);
        if let Some(rank) = rank(text).filter(|_| self.lines.len() < KEPT) {
            self.lines.push(Alarm { rank, text: text.to_owned(), case });
        }
    }

    /// The gravest, and of those the first: the others mostly follow from it.
    pub fn gravest(&self) -> Option<&Alarm> {
        self.lines.iter().min_by_key(|alarm| alarm.rank)
    }

    /// Whether the kernel said that it is dead.
    pub fn panicked(&self) -> bool {
        self.lines.iter().any(|alarm| alarm.rank == 0)
    }
}

/// How grave a message is, 0 the gravest; nothing if it is no alarm.
fn rank(text: &str) -> Option<usize> {
    let sign = SIGNS.iter().position(|sign| text.contains(sign));
    sign.or_else(|| warning(text).map(|_| SIGNS.len()))
}

/// The alarm in a message of the kernel, the same each time that it is raised: without addresses, numbers of
/// processors and processes, offsets and values. Nothing if the message is no alarm. What has been normalised
/// stays as it is.
pub fn normalised(text: &str) -> Option<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    warning(&text).or_else(|| raised(&text))
}

/// A warning has the place in the source; `WARNING: CPU: 0 PID: 1 at kernel/fork.c:7 copy+0x1/0x2` up to 6.17,
/// `WARNING: kernel/fork.c:7 at copy+0x1/0x2, CPU#0: name/1` since then (lib/bug.c, kernel/panic.c).
fn warning(text: &str) -> Option<String> {
    if is_ours(text) {
        return Some(text.to_owned());
    }
    let (_, rest) = text.split_once("WARNING: ")?;
    let mut words = rest.split_whitespace();
    let file = words.find_map(source)?;
    let functions = words.filter_map(|word| word.split_once("+0x"));
    Some(match functions.map(|(function, _)| function).find(|function| !function.is_empty()) {
        Some(function) => format!("WARNING at {file} in {function}"),
        None => format!("WARNING at {file}"),
    })
}

/// Whether a warning has been normalised already.
fn is_ours(text: &str) -> bool {
    let place = text.strip_prefix("WARNING at ").and_then(|rest| rest.split(' ').next());
    place.is_some_and(|file| file.ends_with(".c") || file.ends_with(".h"))
}

/// The file in a word such as `kernel/fork.c:7`.
fn source(word: &str) -> Option<&str> {
    let end = [".c:", ".h:"].iter().filter_map(|end| word.find(end)).min()?;
    Some(&word[..end + 2])
}

/// Any other alarm: the sign is what it is known by, and stays also where a value touches it.
fn raised(text: &str) -> Option<String> {
    let sign = SIGNS.iter().find(|sign| text.contains(*sign))?;
    let (before, after) = text.split_once(sign)?;
    Some(format!("{}{sign}{}", words(before), words(after)))
}

/// The words of a message, with `_` for each that varies, and for what varies behind a function.
fn words(text: &str) -> String {
    let word = |word: &str| match word.split_once("+0x") {
        Some((function, _)) => format!("{function}+_"),
        None if word.ends_with("+_") => word.to_owned(),
        None if word.contains(|c: char| c.is_ascii_digit()) => "_".to_owned(),
        None => word.to_owned(),
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
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
    use proptest::prelude::*;

    use super::*;

    fn alarms(lines: &[&str]) -> Alarms {
        let mut alarms = Alarms::default();
        lines.iter().for_each(|line| alarms.look(line, Some(4)));
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
        let text = "Kernel panic - not syncing: Fatal exception".to_owned();
        assert_eq!(alarms.gravest(), Some(&Alarm { rank: 0, text, case: Some(4) }));
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
            assert_eq!(alarms(&[line]).gravest().map(|alarm| alarm.text.as_str()), Some(line));
        }
    }

    #[test]
    fn a_quiet_console_has_none() {
        let quiet = alarms(&["[    0.000000] Linux version 6.1.0", "@ptc 1 step MA 00000000", ""]);
        assert_eq!(quiet.gravest(), None);
        assert!(!quiet.panicked());
    }

    #[test]
    fn an_alarm_is_the_same_each_time() {
        let of = |text| normalised(text).unwrap();
        insta::assert_snapshot!(of("WARNING: CPU: 1 PID: 77 at kernel/signal.c:312 task_participate_group_stop+0x89/0xa0"), @"WARNING at kernel/signal.c in task_participate_group_stop");
        insta::assert_snapshot!(of("WARNING: kernel/signal.c:301 at task_participate_group_stop+0x7c/0xb0, CPU#1: init/77"), @"WARNING at kernel/signal.c in task_participate_group_stop");
        insta::assert_snapshot!(of("BUG: kernel NULL pointer dereference, address: 0000000000000008"), @"BUG: kernel NULL pointer dereference, address: _");
        insta::assert_snapshot!(of("BUG: KASAN: slab-use-after-free in ptrace_stop+0x1/0x2"), @"BUG: KASAN: slab-use-after-free in ptrace_stop+_");
        insta::assert_snapshot!(of("Oops[#1]:"), @"Oops_");
        insta::assert_snapshot!(of("Internal error: Oops: 96000004 [#1] SMP"), @"Internal error: Oops: _ _ SMP");
        insta::assert_snapshot!(of("watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [init:1]"), @"watchdog: BUG: soft lockup - _ stuck for _ _");
        insta::assert_snapshot!(of("general protection fault, probably for non-canonical address 0xdead: 0000 [#1] PREEMPT SMP"), @"general protection fault, probably for non-canonical address _ _ _ PREEMPT SMP");
    }

    #[test]
    fn chatter_is_no_alarm() {
        for text in [
            "clocksource: timekeeping watchdog on CPU0: Marking clocksource 'tsc' as unstable",
            "random: crng init done",
            "hrtimer: interrupt took 5432100 ns",
            "Spectre V2 : WARNING: Unprivileged eBPF is enabled with eIBRS on",
        ] {
            assert_eq!(normalised(text), None);
        }
    }

    /// What alarms are made of, and what looks like it.
    fn piece() -> impl Strategy<Value = String> {
        let known = [
            "WARNING: ",
            "WARNING at ",
            "kernel/fork.c:7",
            "a:x.h:1",
            ".c",
            "copy2+0x1/0x2",
            "copy",
            "+0x",
            "+_",
            "_",
            "CPU#0",
            "1",
            " ",
            "  ",
            "\t",
            " in ",
            " at ",
            "[    1.5]",
            "[   T7]",
            "[#1]",
            ":",
        ];
        let known = proptest::sample::select(known.into_iter().chain(SIGNS).collect::<Vec<_>>());
        prop_oneof![6 => known.prop_map(str::to_owned), 1 => ".{0,6}"]
    }

    /// A word of a message, with `{}` where a number stands.
    fn word() -> impl Strategy<Value = &'static str> {
        proptest::sample::select(vec![
            "WARNING:",
            "BUG:",
            "Oops:",
            "Oops[#{}]:",
            "CPU:",
            "CPU#{}:",
            "PID:",
            "{}",
            "0x{}",
            "at",
            "in",
            "kernel/fork.c:{}",
            "x64_copy+0x{}/0x{}",
            "[#{}]",
            "{}s!",
            "stuck",
        ])
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() })]

        #[test]
        fn what_is_normalised_stays_so(pieces in proptest::collection::vec(piece(), 0..12)) {
            if let Some(alarm) = normalised(&pieces.concat()) {
                prop_assert_eq!(normalised(&alarm), Some(alarm));
            }
        }

        /// Nothing that the kernel is in trouble about gets lost, and nothing else is made of it.
        #[test]
        fn an_alarm_has_its_rank_before_and_after(pieces in proptest::collection::vec(piece(), 0..12)) {
            let text = pieces.concat().split_whitespace().collect::<Vec<_>>().join(" ");
            let alarm = normalised(&text);
            prop_assert_eq!(alarm.is_some(), rank(&text).is_some());
            if let Some(alarm) = alarm.filter(|_| warning(&text).is_none()) {
                prop_assert_eq!(rank(&alarm), rank(&text));
            }
        }

        #[test]
        fn numbers_make_no_difference(
            words in proptest::collection::vec(word(), 0..12),
            one: u32,
            other: u32,
        ) {
            let with = |number: u32| words.join(" ").replace("{}", &number.to_string());
            prop_assert_eq!(normalised(&with(one)), normalised(&with(other)));
        }

        #[test]
        fn a_time_is_taken_off_once(pieces in proptest::collection::vec(piece(), 0..12)) {
            let line = pieces.concat();
            prop_assert_eq!(without_time(without_time(&line)), without_time(&line));
        }
    }
}
