//! Attributes for tests that need something which not every machine has: without it, `cargo test` reports the test as
//! ignored, and says what it needs.
//!
//! ```ignore
//! #[needs::env("KMIP_TEST_PYKMIP")]
//! #[test]
//! fn a_real_server_answers() { ... }
//! ```
//!
//! The check runs when the test is compiled. A change of an environment variable compiles it again; after
//! a program was installed, `cargo clean -p` of the package does.

use std::path::{Path, PathBuf};

use proc_macro::{Literal, TokenStream, TokenTree};

/// Ignores the test unless one of these environment variables is set.
#[proc_macro_attribute]
pub fn env(arguments: TokenStream, test: TokenStream) -> TokenStream {
    let variables = strings(arguments);
    let set = variables.iter().any(|variable| std::env::var_os(variable).is_some());
    let reason = format!("needs {}: see CONTRIBUTING.md", variables.join(" or "));
    expand(test, (!set).then_some(reason), &variables)
}

/// Ignores the test unless this program can be run.
#[proc_macro_attribute]
pub fn command(arguments: TokenStream, test: TokenStream) -> TokenStream {
    let names = strings(arguments);
    let folders: Vec<_> = std::env::var_os("PATH").iter().flat_map(std::env::split_paths).collect();
    let is_there = |name: &String| folders.iter().any(|folder| folder.join(name).is_file());
    let missing = names.iter().find(|name| !is_there(name));
    expand(test, missing.map(|name| format!("needs the command {name}")), &[])
}

/// Ignores the test unless this folder is in the one that `KMIP_TEST_CASES` names, or in `shared` beside the
/// repository.
#[proc_macro_attribute]
pub fn cases(arguments: TokenStream, test: TokenStream) -> TokenStream {
    const VARIABLE: &str = "KMIP_TEST_CASES";

    let folders = strings(arguments);
    let beside = std::env::var_os("CARGO_MANIFEST_DIR").map(|package| Path::new(&package).join("../../shared"));
    let roots: Vec<PathBuf> = std::env::var_os(VARIABLE).map(PathBuf::from).into_iter().chain(beside).collect();
    let missing = folders.iter().find(|folder| !roots.iter().any(|root| root.join(folder).is_dir()));
    let reason =
        missing.map(|folder| format!("needs {folder} in the folder that {VARIABLE} names: see CONTRIBUTING.md"));
    expand(test, reason, &[VARIABLE.to_owned()])
}

/// Puts `#[ignore]` before the test if there is a reason and it has none yet, and has it compiled again when one of the
/// variables changes.
fn expand(test: TokenStream, reason: Option<String>, variables: &[String]) -> TokenStream {
    let mut expanded = TokenStream::new();
    if let Some(reason) = reason.filter(|_| !test.to_string().contains("#[ignore")) {
        let ignore = format!("#[ignore = {}]", Literal::string(&reason));
        expanded.extend(tokens(&ignore));
    }
    expanded.extend(test);
    for variable in variables {
        expanded.extend(tokens(&format!("const _: Option<&str> = option_env!({});", Literal::string(variable))));
    }
    expanded
}

fn tokens(text: &str) -> TokenStream {
    text.parse().expect("it is Rust")
}

/// Returns the string literals among the arguments.
fn strings(arguments: TokenStream) -> Vec<String> {
    let literals = arguments.into_iter().filter_map(|token| match token {
        TokenTree::Literal(literal) => Some(literal.to_string().trim_matches('"').to_owned()),
        _ => None,
    });
    literals.collect()
}
