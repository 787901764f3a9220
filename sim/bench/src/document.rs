//! Puts tables into a document, between the marks that it has for them.

use crate::table::Named;

/// The line after which a table stands.
fn begin(name: &str) -> String {
    format!("<!-- bench: {name} -->")
}

/// The line before which a table ends.
const END: &str = "<!-- end -->";

/// The document with these tables in the places that are marked with their names; the rest stays as it
/// is, marks without a table too.
pub fn fill(document: &str, tables: &[Named]) -> String {
    let mut filled = String::new();
    let mut lines = document.lines();
    while let Some(line) = lines.next() {
        filled.push_str(line);
        filled.push('\n');
        let Some(named) = tables.iter().find(|named| line == begin(named.name)) else {
            continue;
        };
        filled.push_str(&format!("\n{}\n\n{END}\n", named.table));
        // What stood there before.
        lines.by_ref().find(|line| *line == END);
    }
    filled
}

#[cfg(test)]
mod tests {
    use comfy_table::{Table, presets};

    use super::*;

    #[test]
    fn only_what_is_between_its_marks_is_replaced() {
        let mut table = Table::new();
        table.load_preset(presets::ASCII_MARKDOWN);
        table.set_header(["a"]).add_row(["1"]);
        let tables = [Named { name: "one", table }];
        let before = "# T\n<!-- bench: one -->\nold\n<!-- end -->\n<!-- bench: two -->\nkept\n<!-- end -->\n";
        let once = fill(before, &tables);
        assert!(
            once.starts_with("# T\n<!-- bench: one -->\n\n| a |"),
            "{once}"
        );
        assert!(
            once.ends_with("<!-- end -->\n<!-- bench: two -->\nkept\n<!-- end -->\n"),
            "{once}"
        );
        assert!(!once.contains("old"));
        assert_eq!(fill(&once, &tables), once);
    }
}
