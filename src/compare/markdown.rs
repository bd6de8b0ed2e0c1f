//! The comparison as a mail to a kernel list: Markdown, 72 columns, no tables.

use super::comparison::{Comparison, Entry, Kind, Side};
use super::looks::{Look, Source};
use super::words;
use crate::prose::fold_to;

const WIDTH: usize = 72;

/// The whole comparison.
pub fn text(found: &Comparison) -> String {
    let title = format!(
        "# ptrace(2): {} to {}, {}\n\n",
        found.old.target.label(),
        found.new.target.label(),
        arches(found)
    );
    let mut text =
        title + &fold_to(WIDTH, "", &format!("{}; {}.", words::result(found), words::unchanged(found)));
    text += "\n";
    text += &found.notes.iter().map(|note| item("Note: ", note)).collect::<String>();
    if !found.notes.is_empty() {
        text += "\n";
    }
    for kind in words::KINDS {
        text += &section(found, kind);
    }
    text += &coverage(found);
    text + "## Kernels\n\n" + &side("Old", &found.old) + "\n" + &side("New", &found.new)
}

fn arches(found: &Comparison) -> String {
    let (old, new) = (&found.old.target.arch, &found.new.target.arch);
    if old == new { new.clone() } else { format!("{old} to {new}") }
}

/// A list item whose later lines stand under its first.
fn item(label: &str, text: &str) -> String {
    let folded = fold_to(WIDTH - 2, "", &format!("{label}{text}"));
    let indented =
        folded.lines().zip(0..).map(|(line, at)| format!("{}{line}\n", if at == 0 { "- " } else { "  " }));
    indented.collect()
}

fn section(found: &Comparison, kind: Kind) -> String {
    let entries: String = found.of(kind).map(|one| entry(found, one)).collect();
    if entries.is_empty() { entries } else { format!("## {}\n\n{entries}", words::heading(kind)) }
}

fn entry(found: &Comparison, entry: &Entry) -> String {
    let mut text = format!("### `{}`\n\n", entry.behaviour);
    if let Some(claim) = words::claim(&entry.behaviour) {
        text += &(fold_to(WIDTH, "", claim) + "\n");
    }
    text += &item("Variants: ", &entry.variants.join(", "));
    text += &item("Old: ", &words::judged(&entry.old));
    text += &item("New: ", &words::judged(&entry.new));
    if let Some(range) = &entry.range {
        text += &item("", &words::range(range));
    }
    text += "\n";
    text += &words::with_clauses(entry).map(|(seen, clause)| look(seen, clause)).collect::<String>();
    text + &format!("To see it again:\n\n    {}\n\n", command(&words::again(entry, &found.new.target)))
}

/// A command line that a shell still takes as one where it is too long for a line.
fn command(line: &str) -> String {
    match line.len() > WIDTH - 4 {
        true => line.replacen(" --exact", " \\\n        --exact", 1),
        false => line.to_owned(),
    }
}

/// Answers stand as they are: a register or a status is compared by eye and never folded.
fn look(look: &Look, clause: Option<&Source>) -> String {
    let mut text = format!("    {}\n", words::place(look));
    if let Some(expected) = words::expected(look) {
        text += &format!("      expected  {expected}\n");
    }
    text += &format!("      old       {}\n", words::answer(look.old.as_ref()));
    text += &format!("      new       {}\n\n", words::answer(look.new.as_ref()));
    if let Some(clause) = clause.filter(|clause| !clause.page.is_empty()) {
        let told = format!("{}, {} ({}): {}", clause.page, clause.section, clause.id, clause.statement);
        text += &(fold_to(WIDTH, "", &told) + "\n");
    }
    text
}

fn coverage(found: &Comparison) -> String {
    let mut text = String::new();
    for (count, told, names) in words::not_compared(found) {
        let names = if names.is_empty() { names } else { format!(" ({names})") };
        text += &item("", &format!("{count} {told}{names}"));
    }
    if text.is_empty() { text } else { format!("## Not compared\n\n{text}\n") }
}

fn side(name: &str, side: &Side) -> String {
    let mut text = format!("{name}:\n\n");
    for (label, value) in words::facts(&side.target) {
        text += &item(&format!("{label}: "), &value);
    }
    text + &item("suite: ", &format!("{} {}", side.suite.name, side.suite.version))
}
