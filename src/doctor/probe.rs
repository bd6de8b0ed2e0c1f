//! The proof: one case for each way to start tracing, run as any run would run it.

use ptrace_conformance_cases::FAMILIES;
use ptrace_conformance_harness::case::{Axis, Start, Variant, all_variants};
use ptrace_conformance_harness::pool::{Pool, Settings};
use ptrace_conformance_harness::record::{CaseRecord, Verdict};

use super::Finding;
use crate::catalogue::fits_here;

/// Tries each way to start tracing.
pub fn look() -> Vec<Finding> {
    let pool = Pool::new(Settings { jobs: 1, ..Settings::default() });
    Start::VALUES.iter().filter_map(|&(_, start)| try_start(&pool, start)).collect()
}

fn try_start(pool: &Pool, start: Start) -> Option<Finding> {
    let all = all_variants(FAMILIES);
    let (name, variant) = all.iter().find(|(_, variant)| needs_nothing_but(start, variant))?;
    Some(finding(start, &pool.run_one(name, variant.case.clauses).record))
}

fn needs_nothing_but(start: Start, variant: &Variant) -> bool {
    variant.pick::<Start>() == Some(start) && variant.case.needs.is_empty() && fits_here(variant.case)
}

const fn topic(start: Start) -> &'static str {
    match start {
        Start::Traceme => "PTRACE_TRACEME",
        Start::Attach => "PTRACE_ATTACH",
        Start::Seize => "PTRACE_SEIZE",
    }
}

fn finding(start: Start, record: &CaseRecord) -> Finding {
    match record.verdict {
        Verdict::Skipped => Finding::trouble(
            topic(start),
            record.reason.as_str(),
            "every case that starts so is skipped until this is lifted",
        ),
        Verdict::Broken => {
            Finding::trouble(topic(start), format!("{} broke: {}", record.name, record.reason), "")
        }
        Verdict::Conforms | Verdict::Quirk | Verdict::Deviates => {
            Finding::fine(topic(start), "permitted, tried just now")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Level;
    use crate::report::sample;

    #[test]
    fn only_a_case_that_could_not_start_is_trouble() {
        let level = |verdict| finding(Start::Seize, &sample::record("a::b::seize", verdict)).level;
        assert_eq!(level(Verdict::Skipped), Level::Trouble);
        assert_eq!(level(Verdict::Broken), Level::Trouble);
        for ran in [Verdict::Conforms, Verdict::Quirk, Verdict::Deviates] {
            assert_eq!(level(ran), Level::Fine, "what it found is for `run` to tell");
        }
    }
}
