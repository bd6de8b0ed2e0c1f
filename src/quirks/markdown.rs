//! The little Markdown that the pages need.

use crate::prose;

/// A paragraph with a bold word in front.
pub fn labelled(label: &str, text: &str) -> String {
    prose::fold("", &format!("**{label}** {text}")) + "\n"
}

/// A heading of this depth.
pub fn heading(depth: usize, text: &str) -> String {
    format!("{} {text}\n\n", "#".repeat(depth))
}

/// Text as code, also if it holds a backtick.
pub fn code(text: &str) -> String {
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

/// Running text that Markdown takes for nothing else.
pub fn plain(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('*', "\\*")
}

/// A table with these heads; nothing without rows.
pub fn table(heads: &[&str], rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let line = |cells: Vec<&str>| format!("| {} |\n", cells.join(" | "));
    let rule = format!("|{}\n", "---|".repeat(heads.len()));
    let cell = |text: &String| text.replace('|', "\\|");
    let rows = rows.iter().map(|row| {
        let cells: Vec<_> = row.iter().map(cell).collect();
        line(cells.iter().map(String::as_str).collect())
    });
    line(heads.to_vec()) + &rule + &rows.collect::<String>() + "\n"
}

/// The first few of many names, and how many more there are.
pub fn some(names: &[&str], most: usize) -> String {
    let shown: Vec<_> = names.iter().take(most).map(|name| code(name)).collect();
    match names.len().saturating_sub(most) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_do_not_break_their_table() {
        let rows = [vec!["a|b".to_owned(), code("x`y")]];
        assert_eq!(table(&["one", "two"], &rows), "| one | two |\n|---|---|\n| a\\|b | `` x`y `` |\n\n");
        assert_eq!(table(&["one"], &[]), "");
    }

    #[test]
    fn statements_stay_as_they_are() {
        assert_eq!(plain("a < b && E*"), "a &lt; b &amp;&amp; E\\*");
    }

    #[test]
    fn long_lists_are_cut_and_counted() {
        assert_eq!(some(&["a", "b"], 2), "`a`, `b`");
        assert_eq!(some(&["a", "b", "c", "d"], 2), "`a`, `b` and 2 more");
    }
}
