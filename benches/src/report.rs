//! The last line of the programs with bounds.

/// Returns a sentence with the number of missed bounds.
#[must_use]
pub fn verdict(missed: usize) -> String {
    match missed {
        0 => "every bound is kept".into(),
        1 => "1 bound is missed".into(),
        many => format!("{many} bounds are missed"),
    }
}

#[cfg(test)]
mod tests {
    use super::verdict;

    #[test]
    fn one_bound_is_singular() {
        assert_eq!([0, 1, 2].map(verdict), ["every bound is kept", "1 bound is missed", "2 bounds are missed"]);
    }
}
