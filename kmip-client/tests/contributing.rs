//! An operation takes what `CONTRIBUTING.md` promises: one file and one line.

const GUIDE: &str = include_str!("../../CONTRIBUTING.md");
const FILE: &str = include_str!("../src/protocol/operation/obliterate.rs");
const TABLE: &str = include_str!("../src/protocol/operation.rs");

#[test]
fn the_diff_is_that_of_the_operation() {
    let added: Vec<_> =
        GUIDE.lines().filter_map(|line| line.strip_prefix('+')).filter(|line| !line.starts_with("++ ")).collect();
    let file: Vec<_> = FILE.lines().collect();
    let (shown, rows) = added.split_at(file.len());
    assert_eq!(shown, file);
    let [row] = rows else { panic!("one line: {rows:?}") };
    let rows = TABLE.lines().filter(|line| !line.starts_with("//!"));
    let naming: Vec<_> = rows.filter(|line| line.to_lowercase().contains("obliterate")).collect();
    assert_eq!(naming, [*row], "nothing else in the table names it");
}
