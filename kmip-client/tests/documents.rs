//! The documents of the repository: links and paths exist, and commands name existing options.
//!
//! Links to the web are not checked, and links to the documentation are left to rustdoc.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The folders that the paths of a document may be relative to.
const FOLDERS: [&str; 7] = ["kmip-client", "kmip-ttlv", "examples", "benches", "fuzz", "docs", ".ci"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Collects the files with this extension below a folder, except built and fetched ones. Other tests create and delete
/// files meanwhile, so one that is gone is left out.
fn files(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    const SKIPPED: [&str; 5] = ["target", "artifacts", "corpus", "node_modules", "venv"];
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_hidden = name.starts_with('.') && name != ".ci";
        if path.is_dir() && !path.is_symlink() && !is_hidden && !SKIPPED.contains(&&*name) {
            files(&path, extension, found);
        } else if path.is_file() && path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
}

/// Returns the pages, and the code whose comments name commands.
fn documents() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    files(root(), "md", &mut found);
    for sources in ["kmip-client/src", "kmip-ttlv/src", "examples", "benches"] {
        files(&root().join(sources), "rs", &mut found);
    }
    assert!(found.len() > 100, "the repository is not where it was: {}", root().display());
    found.into_iter().filter_map(|path| Some((path.clone(), fs::read_to_string(path).ok()?))).collect()
}

fn pages() -> Vec<(PathBuf, String)> {
    documents().into_iter().filter(|(path, _)| path.extension().is_some_and(|is| is == "md")).collect()
}

fn name(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

fn is_clean(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// Returns the text without its fenced code.
fn prose(text: &str) -> String {
    let mut in_code = false;
    let lines = text.lines().filter(|line| {
        let fence = line.trim_start().starts_with("```");
        in_code ^= fence;
        !in_code && !fence
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Returns the texts between two marks.
fn between<'a>(text: &'a str, open: &str, close: char) -> Vec<&'a str> {
    let pieces = text.split(open).skip(1);
    pieces.filter_map(|piece| piece.split_once(close)).map(|(inside, _)| inside).collect()
}

/// Returns the texts between backticks, line by line.
fn quoted(text: &str) -> Vec<&str> {
    text.lines().flat_map(|line| line.split('`').skip(1).step_by(2)).collect()
}

/// Returns the anchors of a page, as repository hosts derive them from its headings.
fn anchors(page: &str) -> BTreeSet<String> {
    let headings = page.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    headings
        .map(|heading| {
            let kept = heading.chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
            kept.collect::<String>().to_lowercase().replace(' ', "-")
        })
        .collect()
}

#[test]
fn links_lead_somewhere() {
    let mut faults = Vec::new();
    let mut seen = 0;
    for (path, text) in pages() {
        let folder = path.parent().unwrap();
        for link in between(&prose(&text), "](", ')') {
            let elsewhere = ["http://", "https://", "mailto:", "crate::", "struct@", "super::"];
            if elsewhere.iter().any(|start| link.starts_with(start)) || !link.contains(['.', '#', '/']) {
                continue;
            }
            seen += 1;
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { path.clone() } else { folder.join(file) };
            if !target.exists() {
                faults.push(format!("{}: there is no {link}", name(&path)));
            } else if !anchor.is_empty() && !anchors(&prose(&fs::read_to_string(&target).unwrap())).contains(anchor) {
                faults.push(format!("{}: {file} has no heading for #{anchor}", name(&path)));
            }
        }
    }
    is_clean(&faults);
    assert!(seen > 20, "only {seen} links were found");
}

#[test]
fn paths_exist() {
    let mut faults = Vec::new();
    let mut seen = 0;
    for (path, text) in pages() {
        for quoted in quoted(&prose(&text)) {
            let is_path =
                FOLDERS.iter().any(|folder| quoted.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')));
            let made =
                quoted.starts_with("fuzz/artifacts") || quoted.starts_with("fuzz/corpus") || quoted == "fuzz/kmip.dict";
            // A command that begins with a path is reduced to the path; an asterisk matches several.
            let first = quoted.split([' ', '*']).next().unwrap();
            // A component in capitals stands for a name of the reader's.
            let named = |part: &&str| !part.chars().all(|c| c.is_ascii_uppercase() || c == '_') || part.is_empty();
            let first: PathBuf = first.split('/').take_while(named).collect();
            seen += usize::from(is_path);
            if is_path && !made && !root().join(first).exists() {
                faults.push(format!("{}: there is no {quoted}", name(&path)));
            }
        }
    }
    is_clean(&faults);
    assert!(seen > 20, "only {seen} paths were found");
}

/// Returns the manifest of the package in this folder.
fn manifest(folder: &str) -> String {
    fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap()
}

/// Returns the folder of a package.
fn folder_of(package: &str) -> Option<&'static str> {
    let all = ["kmip-client", "kmip-ttlv", "examples", "benches", "benches/memory", "fuzz"];
    all.into_iter().find(|folder| manifest(folder).contains(&format!("name = \"{package}\"\n")))
}

/// Returns `true` if a package has this feature, or an optional dependency of this name.
fn has_feature(folder: &str, feature: &str) -> bool {
    manifest(folder).lines().any(|line| line.split(" =").next() == Some(feature))
}

/// Returns `true` if an example has this option: by name in its sources or the shared ones, or as a field for clap.
fn takes(example: &str, option: &str) -> bool {
    let mut sources = Vec::new();
    let alone = root().join(format!("examples/{example}.rs"));
    if alone.exists() {
        sources.push(alone);
    } else {
        files(&root().join("examples").join(example), "rs", &mut sources);
    }
    files(&root().join("examples/src"), "rs", &mut sources);
    let field = format!("{}:", option.replace('-', "_"));
    let texts = sources.into_iter().map(|source| fs::read_to_string(source).unwrap());
    texts.into_iter().any(|text| {
        text.contains(&format!("\"{option}\"")) || text.contains(&field) || text.contains(&format!("--{option}"))
    })
}

/// Returns the commands in a document: of cargo, and of the repository itself.
fn commands(text: &str) -> Vec<String> {
    let starts =
        ["cargo run ", "cargo test ", "cargo bench ", "cargo clippy ", "cargo fuzz ", "cargo doc ", "cargo package "];
    let mut found = Vec::new();
    for line in text.lines() {
        let line = line.trim_start_matches(['/', '!', ' ', '#']);
        for start in starts {
            for (at, _) in line.match_indices(start) {
                let command = &line[at..];
                // In running text a command ends with its backtick; in a block with the line.
                let command = command.split(['`', ';', '"', '|', ')']).next().unwrap();
                found.push(command.trim_end_matches(['.', ',', ':']).to_owned());
            }
        }
    }
    found
}

/// Returns the fault of a command.
fn fault(command: &str) -> Option<String> {
    let (ours, given) = command.split_once(" -- ").unwrap_or((command, ""));
    let words: Vec<_> = ours.split_whitespace().collect();
    let after = |option: &str| words.iter().position(|word| *word == option).and_then(|at| words.get(at + 1)).copied();
    let known =
        |place: &&str| !place.is_empty() && !place.starts_with(|c: char| c.is_uppercase() || c == '.' || c == '$');
    let package = after("-p").filter(known);
    let folder = match package {
        Some(package) => match folder_of(package) {
            Some(folder) => folder,
            None => return Some(format!("no package {package}")),
        },
        None if words.get(1) == Some(&"fuzz") => "fuzz",
        None => "examples",
    };
    if let Some(example) = after("--example").filter(known) {
        if !manifest("examples").contains(&format!("[[example]]\nname = \"{example}\"\n")) {
            return Some(format!("no example {example}"));
        }
        for option in given.split_whitespace().filter_map(|word| word.strip_prefix("--")) {
            if !option.is_empty() && !takes(example, option) {
                return Some(format!("the example {example} takes no --{option}"));
            }
        }
    }
    if let Some(bin) = after("--bin").filter(known) {
        let named = manifest(folder).contains(&format!("name = \"{bin}\"\n"));
        let programs = root().join(folder).join("src/bin");
        if !named && !programs.join(format!("{bin}.rs")).exists() && !programs.join(bin).exists() {
            return Some(format!("{folder} has no program {bin}"));
        }
    }
    if let Some(test) = after("--test").filter(known) {
        let tests = root().join(folder).join("tests");
        if !tests.join(format!("{test}.rs")).exists() && !tests.join(test).join("main.rs").exists() {
            return Some(format!("{folder} has no test {test}"));
        }
    }
    for feature in after("--features").filter(known).into_iter().flat_map(|features| features.split(',')) {
        if !has_feature(folder, feature) {
            return Some(format!("{folder} has no feature {feature}"));
        }
    }
    if words.get(1) == Some(&"fuzz") {
        let target = words.get(3).filter(|target| known(target))?;
        if !root().join(format!("fuzz/fuzz_targets/{target}.rs")).exists() {
            return Some(format!("no target {target}"));
        }
    }
    None
}

#[test]
fn commands_name_what_is_there() {
    let mut faults = Vec::new();
    let mut seen = 0;
    for (path, text) in documents() {
        for command in commands(&text) {
            seen += 1;
            if let Some(fault) = fault(&command) {
                faults.push(format!("{}: `{command}`: {fault}", name(&path)));
            }
        }
    }
    is_clean(&faults);
    assert!(seen > 40, "only {seen} commands were found");
}

#[test]
fn faults_are_seen() {
    for command in [
        "cargo run --example quickstrat",
        "cargo run --example trust -- --no-such-option",
        "cargo test -p kmip-client --test no_such_test",
        "cargo test -p kmip-klient",
        "cargo run -p benches --bin no_such_program",
        "cargo run -p benches --features no-such-feature",
        "cargo fuzz run no_such_target",
    ] {
        assert!(fault(command).is_some(), "{command}");
    }
    assert_eq!(commands("//! `cargo run --example kms`, and more"), ["cargo run --example kms"]);
    assert_eq!(
        anchors("# A server or a proxy\n## What TLS checks"),
        ["a-server-or-a-proxy", "what-tls-checks"].map(str::to_owned).into()
    );
    assert_eq!(between("see [a](b.md#c) and [d](e)", "](", ')'), ["b.md#c", "e"]);
    assert_eq!(quoted("`a` and `b c`\n`d`"), ["a", "b c", "d"]);
    assert_eq!(prose("a\n```\nb\n```\nc"), "a\nc");
}

/// The macros that contributors are told to call exist.
#[test]
fn macros_exist() {
    let guide = fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    let mut sources = Vec::new();
    files(&root().join("kmip-client/src"), "rs", &mut sources);
    files(&root().join("kmip-ttlv/src"), "rs", &mut sources);
    let sources: String = sources.into_iter().map(|source| fs::read_to_string(source).unwrap()).collect();
    let named: BTreeSet<_> = quoted(&guide).into_iter().filter_map(|quoted| quoted.strip_suffix('!')).collect();
    assert!(named.contains("operations"), "{named:?}");
    for name in named {
        assert!(sources.contains(&format!("macro_rules! {name} {{")), "there is no {name}!");
    }
}

/// The page of operations begins with a table by task, which lists each operation with the version that added it.
#[test]
fn operations_stand_in_the_table_by_task() {
    let source = fs::read_to_string(root().join("kmip-client/src/protocol/operation.rs")).unwrap();
    let registry = fs::read_to_string(root().join("kmip-ttlv/registry/operations.csv")).unwrap();
    let since = |operation: &str| {
        let mut rows = registry.lines().map(|row| row.split(',').collect::<Vec<_>>());
        let row = rows.find(|row| row[1].replace('_', "").eq_ignore_ascii_case(operation));
        row.map_or_else(|| panic!("{operation} is not in the registry"), |row| row[3].to_owned())
    };
    let (page, rows) = source.split_once("\noperations! {\n").unwrap();
    let operations: Vec<_> = rows.lines().map_while(|row| row.strip_prefix("    ")?.split([' ', '(']).nth(1)).collect();
    assert!(operations.len() >= 64, "{operations:?}");
    for operation in operations {
        let place = format!("| [`{operation}`](struct@{operation}) |");
        let row = page.lines().filter(|line| line.starts_with("//! |")).find_map(|line| line.split_once(&place));
        let (_, row) = row.unwrap_or_else(|| panic!("{operation} has no place in the table by task"));
        assert_eq!(row.split(" | ").nth(1), Some(&*since(operation)), "{operation}");
    }
}

/// Placeholders of templates.
#[test]
fn no_placeholder_is_left() {
    let mut faults = Vec::new();
    for (path, text) in pages() {
        for word in ["OWNER/", "REPOSITORY", "TODO", "FIXME", "XXX", "/work/"] {
            if text.contains(word) {
                faults.push(format!("{}: {word}", name(&path)));
            }
        }
    }
    is_clean(&faults);
}
