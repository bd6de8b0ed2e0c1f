//! The comparison for the terminal: the worst first, the result last.

use super::comparison::{Comparison, Entry, Kind};
use super::looks::{Look, Source};
use super::words;
use crate::prose;
use crate::style::{BAD, FAINT, GOOD, NOTE, ODD, STRONG, paint};

/// The whole comparison.
pub fn text(found: &Comparison) -> String {
    let mut text = format!("old  {}\nnew  {}\n", found.old.target, found.new.target);
    text += &found.notes.iter().map(|note| prose::fold("note: ", note)).collect::<String>();
    text += "\n";
    for kind in words::KINDS {
        text += &section(found, kind);
    }
    text += &coverage(found);
    text + &format!("{}\n{}\n", words::unchanged(found), result(found))
}

fn result(found: &Comparison) -> String {
    let worst = found.entries.first().map_or(GOOD, |entry| style(entry.kind));
    paint(worst, words::result(found))
}

const fn style(kind: Kind) -> anstyle::Style {
    match kind {
        Kind::Regression | Kind::Unjudged => BAD,
        Kind::Finding => ODD,
        Kind::Improvement => GOOD,
    }
}

fn section(found: &Comparison, kind: Kind) -> String {
    let entries: String = found.of(kind).map(|one| entry(found, one)).collect();
    if entries.is_empty() {
        entries
    } else {
        format!("{}\n\n{entries}", paint(style(kind), words::heading(kind)))
    }
}

fn entry(found: &Comparison, entry: &Entry) -> String {
    let mut text = format!("{}\n", paint(STRONG, &entry.behaviour));
    if let Some(claim) = words::claim(&entry.behaviour) {
        text += &prose::fold("  ", claim);
    }
    text += &prose::fold("  variants  ", &entry.variants.join(", "));
    text += &prose::fold("  old       ", &words::judged(&entry.old));
    text += &prose::fold("  new       ", &words::judged(&entry.new));
    text += &words::with_clauses(entry).map(|(seen, clause)| look(seen, clause)).collect::<String>();
    if let Some(range) = &entry.range {
        text += &prose::fold("  ", &words::range(range));
    }
    text + &format!("  {}  {}\n\n", paint(FAINT, "again:"), words::again(entry, &found.new.target))
}

fn look(look: &Look, clause: Option<&Source>) -> String {
    let mut text = format!("  {}\n", paint(NOTE, words::place(look)));
    if let Some(expected) = words::expected(look) {
        text += &format!("      expected  {expected}\n");
    }
    text += &format!("      old       {}\n", words::answer(look.old.as_ref()));
    text += &format!("      new       {}\n", words::answer(look.new.as_ref()));
    if let Some(clause) = clause {
        text += &format!("      clause    {}\n", clause.id);
        if !clause.page.is_empty() {
            text += &format!("                {}, {}\n", clause.page, clause.section);
            text += &prose::fold("                ", clause.statement);
        }
    }
    text
}

fn coverage(found: &Comparison) -> String {
    let mut text = String::new();
    for (count, told, names) in words::not_compared(found) {
        text += &prose::fold(&format!("{count:5}  "), &told);
        if !names.is_empty() {
            text += &prose::fold("         ", &names);
        }
    }
    if text.is_empty() { text } else { format!("{}\n{text}\n", paint(STRONG, "Not compared")) }
}
