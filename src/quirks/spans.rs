//! Spans of kernels in words, with nothing in them that did not run.

use crate::evidence::history::Series;
use crate::report::Report;

/// The kernels of a series for which something holds, such as `6.1.192 to 7.2.13 (9 kernels)`.
///
/// A span never bridges a kernel that ran and for which it does not hold; nothing if it holds for none.
pub fn of(series: &Series<'_>, holds: impl Fn(&Report) -> bool) -> Option<String> {
    let told: Vec<_> = spans(series, holds).iter().filter_map(|span| tell(span)).collect();
    (!told.is_empty()).then(|| format!("{}: {}", series.arch, told.join(", ")))
}

/// The same in short, by kernel lines: `x86_64 5.10-6.12 7.3`.
pub fn lines(series: &Series<'_>, holds: impl Fn(&Report) -> bool) -> Option<String> {
    let told: Vec<_> = spans(series, holds).iter().filter_map(|span| tell_lines(span)).collect();
    (!told.is_empty()).then(|| format!("{} {}", series.arch, told.join(" ")))
}

/// The longest spans for which it holds; some may be empty.
fn spans<'a>(series: &Series<'a>, holds: impl Fn(&Report) -> bool) -> Vec<Vec<&'a Report>> {
    let mut spans: Vec<Vec<&Report>> = vec![Vec::new()];
    for &report in series.reports() {
        match spans.last_mut() {
            Some(span) if holds(report) => span.push(report),
            Some(span) if span.is_empty() => {}
            _ => spans.push(Vec::new()),
        }
    }
    spans
}

fn tell_lines(span: &[&Report]) -> Option<String> {
    let (first, last) = (line(span.first()?), line(span.last()?));
    Some(if first == last { first } else { format!("{first}-{last}") })
}

/// The line of a release; a candidate is not yet of it.
fn line(report: &Report) -> String {
    let (major, minor) = report.target.version().line;
    let label = report.target.label();
    if label.contains("-rc") { label } else { format!("{major}.{minor}") }
}

fn tell(span: &[&Report]) -> Option<String> {
    let label = |report: &Report| report.target.label();
    match span {
        [] => None,
        [only] => Some(label(only)),
        [first, last] => Some(format!("{}, {}", label(first), label(last))),
        [first, .., last] => Some(format!("{} to {} ({} kernels)", label(first), label(last), span.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::history;
    use crate::report::sample;

    fn reports() -> Vec<Report> {
        let of = |kernel: &str| {
            let mut report = sample::report(&[]);
            report.target.kernel = kernel.to_owned();
            report.target.platform = "qemu".to_owned();
            report
        };
        ["6.1.9", "5.10.2", "7.3.4", "6.12.1", "7.0.3"].map(of).into()
    }

    fn span(holds: &[&str]) -> Option<String> {
        let reports = reports();
        of(&history::of(&reports)[0], |report| holds.contains(&&*report.target.kernel))
    }

    #[test]
    fn lines_are_short_spans() {
        let of = |holds: &[&str]| {
            let reports = reports();
            lines(&history::of(&reports)[0], |report| holds.contains(&&*report.target.kernel))
        };
        assert_eq!(of(&[]), None);
        let three = of(&["5.10.2", "6.1.9", "6.12.1", "7.3.4"]);
        assert_eq!(three.as_deref(), Some("x86_64 5.10-6.12 7.3"));
    }

    #[test]
    fn spans_hold_only_what_ran() {
        assert_eq!(span(&[]), None);
        assert_eq!(span(&["6.12.1"]).as_deref(), Some("x86_64: 6.12.1"));
        assert_eq!(span(&["7.3.4", "5.10.2"]).as_deref(), Some("x86_64: 5.10.2, 7.3.4"));
        assert_eq!(span(&["5.10.2", "6.1.9"]).as_deref(), Some("x86_64: 5.10.2, 6.1.9"));
        let three = span(&["5.10.2", "6.1.9", "6.12.1", "7.3.4"]);
        assert_eq!(three.as_deref(), Some("x86_64: 5.10.2 to 6.12.1 (3 kernels), 7.3.4"));
    }
}
