//! Style: the few colours of the terminal, in one place.
//!
//! Texts are made with colours and lose them where nobody can see them (no terminal, `NO_COLOR`).

use anstyle::{AnsiColor, Style};
use ptrace_conformance_harness::record::Verdict;

/// Headings and names.
pub const STRONG: Style = Style::new().bold();
/// What may be skipped while reading.
pub const FAINT: Style = Style::new().dimmed();
/// As it should be.
pub const GOOD: Style = AnsiColor::Green.on_default();
/// Worth knowing.
pub const NOTE: Style = AnsiColor::Cyan.on_default();
/// Not as it should be, yet explained.
pub const ODD: Style = AnsiColor::Yellow.on_default();
/// Wrong.
pub const BAD: Style = AnsiColor::Red.on_default().bold();

/// The colour of a verdict.
pub const fn of(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Conforms => GOOD,
        Verdict::Quirk | Verdict::Skipped => ODD,
        Verdict::Deviates | Verdict::Broken => BAD,
    }
}

/// The text in this style.
pub fn paint(style: Style, text: impl std::fmt::Display) -> String {
    format!("{style}{text}{style:#}")
}

/// The text without its colours, for files.
pub fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}
