//! Running text that fits a terminal.

/// Widest line of running text; fits any terminal.
const WIDTH: usize = 80;

/// Running text, folded at [`WIDTH`]; its first line opens with `first`, the others are indented as far.
pub fn fold(first: &str, text: &str) -> String {
    fold_to(WIDTH, first, text)
}

/// The same, folded at another width.
pub fn fold_to(width: usize, first: &str, text: &str) -> String {
    let indent = " ".repeat(textwrap::core::display_width(first));
    let options = textwrap::Options::new(width)
        .initial_indent(first)
        .subsequent_indent(&indent)
        // A name or a number is searched for and copied: never cut it.
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::fill(text, options) + "\n"
}

#[cfg(test)]
mod tests {
    #[test]
    fn long_text_is_folded_under_its_first_line_and_words_stay_whole() {
        let name = "a".repeat(90);
        let text = super::fold("  note: ", &format!("{} x-y-z {name}", "word ".repeat(14).trim()));
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 3, "{text}");
        assert!(lines[0].len() <= 80 && lines[1] == "        x-y-z", "{text}");
        assert_eq!(lines[2].trim(), name);
    }
}
