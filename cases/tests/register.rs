//! The rules of the clause register: the build script refuses what breaks them, and names it.

#[expect(dead_code, reason = "a test neither reads nor writes the register")]
#[path = "../build/clauses.rs"]
mod build;

/// What is wrong with the file `stop.toml` of these lines below its title.
fn wrong(text: &str) -> String {
    match build::parse("stop", &format!("title = \"Stops\"\n{text}")) {
        Ok(area) => build::mistakes(&[area]).join("\n"),
        Err(mistake) => mistake,
    }
}

fn clause(id: &str, more: &str) -> String {
    format!(
        "[[clause]]\nid = \"{id}\"\npage = \"ptrace(2)\"\nsection = \"Stops\"\nstatement = \"It stops.\"\n\
         authority = \"manual\"\n{more}\n"
    )
}

#[test]
fn a_clause_says_only_what_is_not_usual() {
    let texts = [
        clause("stop.one", ""),
        clause(
            "stop.two",
            "arch = [\"aarch64\"]\nsince = \"3.4\"\nkind = \"bug\"\ntestable = \"hard\"\nsame_as = \"stop.one\"",
        ),
    ];
    assert_eq!(wrong(&texts.concat()), "");
}

#[test]
fn file_and_clause_are_named() {
    let one = clause("stop.one", "");
    assert_eq!(wrong(&(one.clone() + &one)), "stop.toml: stop.one: its id occurs twice");
    let same = wrong(&clause("stop.one", "same_as = \"stop.zero\""));
    assert_eq!(same, "stop.toml: stop.one: it cannot be the same as `stop.zero`");
    let itself = wrong(&clause("stop.one", "same_as = \"stop.one\""));
    assert_eq!(itself, "stop.toml: stop.one: it cannot be the same as `stop.one`");
    let silent = wrong(&one.replace("It stops.", " "));
    assert_eq!(silent, "stop.toml: stop.one: its statement is empty");
    let nowhere = wrong(&clause("stop.one", "arch = []"));
    assert_eq!(nowhere, "stop.toml: stop.one: it is for no architecture");
    for stray in ["stops.one", "stop.", "stop"] {
        let mistake = format!("stop.toml: {stray}: its id does not begin with `stop.`");
        assert_eq!(wrong(&clause(stray, "")), mistake);
    }
}

#[test]
fn unknown_words_are_mistakes() {
    let field = wrong(&clause("stop.one", "colour = \"red\""));
    assert!(field.starts_with("stop.toml: stop.one: unknown field `colour`"), "{field}");
    let value = wrong(&clause("stop.one", "kind = \"odd\""));
    assert!(value.starts_with("stop.toml: stop.one: unknown variant `odd`"), "{value}");
    let torn = wrong("[[clause]\n");
    assert!(torn.starts_with("stop.toml: TOML parse error at line 2"), "{torn}");
}
