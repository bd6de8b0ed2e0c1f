//! The console as a stream of bytes that is hurt in every way: what comes out is what was said, or it is known
//! not to be whole.

use proptest::prelude::*;
use proptest::sample::Index;
use ptrace_conformance_harness::record::Verdict;

use super::guest;
use super::ledger::{BOOTS, Ledger, Next};
use super::record::Record;
use super::tests::{PANIC, console, heard, judged, machine, until_case};
use crate::report::{Report, sample};

/// A report with these verdicts, in which no two records are the same but for their names.
fn report(verdicts: &[usize]) -> Report {
    let verdicts: Vec<_> = verdicts.iter().map(|&at| Verdict::ALL[at]).collect();
    let mut report = sample::report(&verdicts);
    for (at, record) in report.cases.iter_mut().enumerate() {
        record.reason += &format!(" ({at})");
    }
    report
}

fn verdicts() -> impl Strategy<Value = Vec<usize>> {
    proptest::collection::vec(0..Verdict::ALL.len(), 0..12)
}

/// The part of the report with the cases of these names.
fn part(report: &Report, names: &[String]) -> Report {
    let cases = report.cases.iter().filter(|record| names.contains(&record.name));
    let cases: Vec<_> = cases.cloned().collect();
    Report::new(report.target.clone(), cases.len(), cases)
}

fn stream(lines: &[String]) -> Vec<u8> {
    (lines.join("\r\n") + "\r\n").into_bytes()
}

/// The lines of a stream, as the watch gets them.
fn lines(bytes: &[u8]) -> Vec<String> {
    bytes.split_inclusive(|&byte| byte == b'\n').map(guest::text).collect()
}

/// What can happen to a stream; places are counted in it as it is by then.
#[derive(Clone, Debug)]
enum Mishap {
    Flipped(Index, u8),
    Cut(Index, usize),
    Doubled(Index, usize),
    /// Said by somebody else in the middle.
    Mixed(Index, Vec<u8>),
    /// A piece is somewhere else.
    Moved(Index, usize, Index),
    /// What comes first is lost.
    Late(Index),
    /// What comes last is lost.
    Truncated(Index),
}

/// What a kernel says, in whole lines or not, and what looks like a record.
fn chatter() -> impl Strategy<Value = Vec<u8>> {
    let known = [
        "[    9.999999] random: crng init done\r\n",
        "\r\n[    9.999999][   T12] hrtimer: interrupt took 5432100 ns\r\n",
        "[    9.9] WARNING: CPU: 0 PID: 1 at kernel/fork.c:7 copy+0x1/0x2",
        "@ptc 3 step NyBkZXZ",
        "@ptc ",
        "\r\n",
        "\n",
    ];
    prop_oneof![
        3 => proptest::sample::select(known.to_vec()).prop_map(|text| text.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 1..40),
    ]
}

fn mishap() -> impl Strategy<Value = Mishap> {
    let (at, length) = (any::<Index>, || prop_oneof![1usize..20, 1usize..2000]);
    prop_oneof![
        4 => (at(), 0u8..8).prop_map(|(at, bit)| Mishap::Flipped(at, bit)),
        4 => (at(), length()).prop_map(|(at, length)| Mishap::Cut(at, length)),
        4 => (at(), length()).prop_map(|(at, length)| Mishap::Doubled(at, length)),
        6 => (at(), chatter()).prop_map(|(at, chatter)| Mishap::Mixed(at, chatter)),
        2 => (at(), length(), at()).prop_map(|(at, length, to)| Mishap::Moved(at, length, to)),
        1 => at().prop_map(Mishap::Late),
        1 => at().prop_map(Mishap::Truncated),
    ]
}

fn befall(mishap: &Mishap, bytes: &mut Vec<u8>) {
    if bytes.is_empty() {
        return;
    }
    let total = bytes.len();
    let range = |at: &Index, length: usize| at.index(total)..(at.index(total) + length).min(total);
    match mishap {
        Mishap::Flipped(at, bit) => bytes[at.index(total)] ^= 1 << bit,
        Mishap::Cut(at, length) => drop(bytes.drain(range(at, *length))),
        Mishap::Doubled(at, length) => {
            let piece = bytes[range(at, *length)].to_vec();
            bytes.splice(range(at, 0), piece);
        }
        Mishap::Mixed(at, chatter) => drop(bytes.splice(range(at, 0), chatter.iter().copied())),
        Mishap::Moved(at, length, to) => {
            let piece: Vec<_> = bytes.drain(range(at, *length)).collect();
            let to = to.index(bytes.len() + 1);
            bytes.splice(to..to, piece);
        }
        // Seldom far, or nothing else would ever be looked at.
        Mishap::Late(at) => drop(bytes.drain(..at.index(total / 8 + 1))),
        Mishap::Truncated(at) => bytes.truncate(total - at.index(total / 8 + 1)),
    }
}

/// What arrives of these lines.
fn hurt(lines: &[String], mishaps: &[Mishap]) -> Vec<String> {
    let mut bytes = stream(lines);
    mishaps.iter().for_each(|mishap| befall(mishap, &mut bytes));
    self::lines(&bytes)
}

/// Whole and as it was sent, or known not to be whole: then each record is as it was sent, or `broken` with
/// the reason. Without a plan there is no report.
fn honest(sent: &Report, received: Option<(Report, Option<String>)>) -> Result<(), TestCaseError> {
    let Some((received, ended)) = received else { return Ok(()) };
    let (whole, _) = judged(&console(sent)).unwrap();
    let Some(ended) = ended else {
        prop_assert_eq!(received, whole);
        return Ok(());
    };
    prop_assert!(!received.complete && !ended.is_empty());
    prop_assert_eq!(&received.target, &whole.target);
    prop_assert_eq!(received.totals.planned, whole.totals.planned);
    prop_assert_eq!(received.cases.len(), sent.cases.len());
    for (received, sent) in received.cases.iter().zip(&sent.cases) {
        prop_assert_eq!(&received.name, &sent.name);
        let broken = received.verdict == Verdict::Broken && !received.reason.is_empty();
        prop_assert!(broken || received == sent, "{:?}", received);
    }
    prop_assert!(received.checked().is_ok());
    Ok(())
}

/// What happens to a boot: the case of those it has to run at which its kernel dies, and what happens to the
/// lines up to there.
type Boot = (Option<u32>, Vec<Mishap>);

fn boot() -> impl Strategy<Value = Boot> {
    let mishaps = proptest::collection::vec(mishap(), 0..3);
    (proptest::option::weighted(0.9, 0u32..3), prop_oneof![Just(Vec::new()), mishaps])
}

/// What arrives of a boot that has these cases to run.
fn boot_lines(report: &Report, (dies, mishaps): &Boot) -> Vec<String> {
    let lines = console(report);
    let cases = report.cases.len() as u32;
    match dies {
        Some(at) if cases > 0 => {
            let told = until_case(&lines, at % cases);
            hurt(&[told, vec![PANIC.to_owned()]].concat(), mishaps)
        }
        _ => hurt(&lines, mishaps),
    }
}

/// Boots a guest until the ledger wants no more of it; each boot runs what is missing. How many boots it took
/// comes with the report.
fn all_boots(sent: &Report, boots: &[Boot]) -> (usize, Option<(Report, Option<String>)>) {
    let mut ledger = Ledger::default();
    let mut rest = sent.clone();
    // When the list is at its end, nothing happens any more.
    let peaceful = (None, Vec::new());
    for boot in boots.iter().chain(std::iter::repeat(&peaceful)) {
        let ended = match ledger.take(&heard(&boot_lines(&rest, boot))) {
            Next::Again(missing, _) => {
                rest = part(sent, &missing);
                continue;
            }
            Next::Done => None,
            Next::End(cause) => Some(cause),
        };
        return (ledger.boots(), ledger.report(ended, &machine()));
    }
    unreachable!("the boots never end")
}

/// A line, and what stands before and behind it where it arrives.
type Dressed = (Index, &'static str, &'static str);

/// Words of others around a record, and lines of theirs between two.
fn dressed() -> impl Strategy<Value = Dressed> {
    let before =
        ["", "[    9.9] random: crng init done\n", "[    9.9] half a mess", "@ptc 3 step NyBk", "\0\r"];
    let behind = ["", "\n[    9.9] random: crng init done", " and the rest of it", "@ptc 9", "\r\r\n\r"];
    (any::<Index>(), proptest::sample::select(before.to_vec()), proptest::sample::select(behind.to_vec()))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn a_hurt_stream_never_lies(
        verdicts in verdicts(),
        mishaps in proptest::collection::vec(mishap(), 0..10),
    ) {
        let sent = report(&verdicts);
        honest(&sent, judged(&hurt(&console(&sent), &mishaps)))?;
    }

    /// Each boot is hurt in another way.
    #[test]
    fn boot_after_boot_never_lies(
        verdicts in verdicts(),
        boots in proptest::collection::vec(boot(), 0..12),
    ) {
        let sent = report(&verdicts);
        let (boots, received) = all_boots(&sent, &boots);
        prop_assert!((1..=BOOTS).contains(&boots));
        honest(&sent, received)?;
    }

    /// One verdict is another in the step than in the record, both with good checksums: neither is believed.
    #[test]
    fn two_stories_are_no_story(
        (verdicts, at) in proptest::collection::vec(0..Verdict::ALL.len(), 1..12).prop_flat_map(|verdicts| {
            let count = verdicts.len();
            (Just(verdicts), 0..count)
        }),
        other in 1..Verdict::ALL.len(),
    ) {
        let sent = report(&verdicts);
        let mut lie = verdicts.clone();
        lie[at] = (verdicts[at] + other) % Verdict::ALL.len();
        let step = |line: &String| matches!(Record::find(line), Some((_, Record::Step { .. })));
        let steps = console(&report(&lie)).into_iter().filter(step);
        let mut lines = console(&sent);
        lines.iter_mut().filter(|line| step(line)).zip(steps).for_each(|(line, lie)| *line = lie);
        let (received, ended) = judged(&lines).unwrap();
        prop_assert_eq!(ended.as_deref(), Some("the guest's records contradict what it said while it ran"));
        prop_assert!(received.cases.iter().all(|record| record.verdict == Verdict::Broken));
    }

    /// Said twice, or with words of others around it: that costs nothing.
    #[test]
    fn what_arrives_whole_is_heard(
        verdicts in verdicts(),
        doubled in proptest::collection::vec(any::<Index>(), 0..8),
        dressed in proptest::collection::vec(dressed(), 0..20),
    ) {
        let sent = report(&verdicts);
        let mut lines = console(&sent);
        for at in doubled {
            let at = at.index(lines.len());
            lines.insert(at, lines[at].clone());
        }
        for (at, before, behind) in dressed {
            let at = at.index(lines.len());
            lines[at] = format!("{before}{}{behind}", lines[at]);
        }
        let lines = self::lines(&stream(&lines));
        let (received, ended) = judged(&lines).unwrap();
        prop_assert_eq!(ended, None);
        prop_assert_eq!(received, judged(&console(&sent)).unwrap().0);
    }
}
