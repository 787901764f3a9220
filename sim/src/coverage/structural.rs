//! Line and toggle coverage of the Verilog, as models leave it that were built to count.
//!
//! A module may stand in the Verilog of several tops, under the name of each, and be there many times: it is
//! counted once, hit wherever it is hit.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::MergeError;

/// A place in a module.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The module.
    pub module: String,
    /// For a line: how many lines after that of `module` it stands.
    pub line: u32,
    /// For a line: which of several blocks of it. For a toggle: the signal and its bit.
    pub what: String,
}

/// How often lines were passed, and signals changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Structural {
    /// Lines, or rather blocks, that begin at a line.
    pub lines: BTreeMap<Place, u64>,
    /// Bits of signals.
    pub toggles: BTreeMap<Place, u64>,
    /// The files and where modules begin in them, so far.
    modules: HashMap<PathBuf, HashMap<String, u32>>,
    /// What stands in the lines.
    texts: HashMap<(String, u32), String>,
}

/// What has been covered of a module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModuleCoverage {
    /// Lines that were passed, and all.
    pub lines: (usize, usize),
    /// Bits that changed, and all.
    pub toggles: (usize, usize),
}

impl Structural {
    /// Puts together all that models have left in a folder.
    ///
    /// # Errors
    /// [`MergeError`]: the folder, or a file in it, cannot be read.
    pub fn merge(folder: &Path) -> Result<Self, MergeError> {
        let error = |file: &Path, source| MergeError {
            file: file.to_owned(),
            source,
        };
        let mut all = Self::default();
        for entry in fs::read_dir(folder).map_err(|e| error(folder, e))? {
            let file = entry.map_err(|e| error(folder, e))?.path();
            if file.extension().is_some_and(|extension| extension == "dat") {
                let text = fs::read_to_string(&file).map_err(|e| error(&file, e))?;
                all.add(&text).map_err(|e| error(&file, e))?;
            }
        }
        Ok(all)
    }

    /// Adds the content of a file.
    ///
    /// # Errors
    /// When the Verilog that it tells of cannot be read.
    pub fn add(&mut self, text: &str) -> io::Result<()> {
        for line in text.lines() {
            let Some((fields, count)) = point(line) else {
                continue;
            };
            let field = |key| fields.iter().find(|(k, _)| *k == key).map(|(_, v)| *v);
            let (Some(file), Some(page)) = (field("f"), field("page")) else {
                continue;
            };
            let Some((kind, module)) = page.split_once('/') else {
                continue;
            };
            let what = field("o").unwrap_or_default().to_owned();
            let module = module.split("__").next().unwrap_or(module);
            let at: u32 = field("l").and_then(|l| l.parse().ok()).unwrap_or(0);
            if kind == "v_toggle" {
                let place = Place {
                    module: shared(module),
                    line: 0,
                    what,
                };
                *self.toggles.entry(place).or_default() += count;
            } else {
                let line = at.saturating_sub(self.begin(Path::new(file), module)?);
                let module = shared(module);
                let place = Place { module, line, what };
                *self.lines.entry(place).or_default() += count;
            }
        }
        Ok(())
    }

    /// The line at which a module begins.
    fn begin(&mut self, file: &Path, module: &str) -> io::Result<u32> {
        if !self.modules.contains_key(file) {
            let text = fs::read_to_string(file)?;
            let (mut begins, mut current) = (HashMap::new(), None);
            for (number, line) in (1u32..).zip(text.lines()) {
                if let Some(rest) = line.strip_prefix("module ") {
                    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
                    let name = rest[..end.unwrap_or(rest.len())].to_owned();
                    begins.insert(name.clone(), number);
                    current = Some((name, number));
                }
                if let Some((name, begin)) = &current {
                    let key = (shared(name), number - begin);
                    self.texts
                        .entry(key)
                        .or_insert_with(|| line.trim().to_owned());
                }
            }
            self.modules.insert(file.to_owned(), begins);
        }
        let begins = self.modules.get(file);
        Ok(begins.and_then(|all| all.get(module)).copied().unwrap_or(0))
    }

    /// What stands at a place.
    pub fn text(&self, place: &Place) -> &str {
        let key = (place.module.clone(), place.line);
        self.texts.get(&key).map_or("", String::as_str)
    }

    /// What has been covered, module by module.
    pub fn modules(&self) -> BTreeMap<&str, ModuleCoverage> {
        let mut all: BTreeMap<&str, ModuleCoverage> = BTreeMap::new();
        for (place, count) in &self.lines {
            let (hit, sum) = &mut all.entry(&place.module).or_default().lines;
            *hit += usize::from(*count > 0);
            *sum += 1;
        }
        for (place, count) in &self.toggles {
            let (hit, sum) = &mut all.entry(&place.module).or_default().toggles;
            *hit += usize::from(*count > 0);
            *sum += 1;
        }
        all
    }

    /// The lines that were never passed.
    pub fn never(&self) -> impl Iterator<Item = &Place> {
        let never = self.lines.iter().filter(|(_, count)| **count == 0);
        never.map(|(place, _)| place)
    }
}

/// The name that a module has in the smallest top that has it: each top is written whole, and names its modules
/// after itself. Memories are one module each, of any width and depth.
fn shared(module: &str) -> String {
    for memory in ["block_ram", "byte_ram", "lut_ram"] {
        let (top, rest) = module.split_once(memory).unwrap_or((module, "-"));
        if top.ends_with('_')
            && rest
                .trim_start_matches('_')
                .bytes()
                .all(|b| b.is_ascii_digit())
        {
            return memory.to_owned();
        }
    }
    let within = |name: &str, whole: &str, part: &str| match name.strip_prefix(whole) {
        Some(rest) if rest.is_empty() || rest.starts_with('_') => format!("{part}{rest}"),
        _ => name.to_owned(),
    };
    let soc = within(module, "vcm_zynq_core_soc", "vcm_soc");
    within(&soc, "vcm_soc_iommu", "vcm_iommu")
}

/// Reads a line such as `C '␁f␂rtl/a.v␁l␂7␁page␂v_line/a' 12`: keys, values and the count.
fn point(line: &str) -> Option<(Vec<(&str, &str)>, u64)> {
    let (fields, count) = line.strip_prefix("C '")?.rsplit_once("' ")?;
    let fields = fields.split('\u{1}');
    let fields = fields.filter_map(|field| field.split_once('\u{2}'));
    Some((fields.collect(), count.trim().parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_has_the_name_of_the_smallest_top_that_has_it() {
        for (name, expected) in [
            ("vcm_iommu_reads", "vcm_iommu_reads"),
            ("vcm_soc_iommu", "vcm_iommu"),
            ("vcm_soc_iommu_reads", "vcm_iommu_reads"),
            ("vcm_zynq_core_soc_iommu_reads", "vcm_iommu_reads"),
            ("vcm_zynq_core_soc_dma", "vcm_soc_dma"),
            ("vcm_zynq_core_soc", "vcm_soc"),
            ("vcm_zynq_core_data", "vcm_zynq_core_data"),
            ("vcm_zynq_core_lut_ram_12", "lut_ram"),
            ("vcm_soc_block_ram", "block_ram"),
            ("vcm_soc_lut_ram_read", "vcm_soc_lut_ram_read"),
        ] {
            assert_eq!(shared(name), expected, "{name}");
        }
    }

    #[test]
    fn a_module_of_two_files_is_counted_once_and_hit_where_it_is_hit() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (folder.path().join("one.v"), folder.path().join("two.v"));
        fs::write(&one, "module a();\n  x = 1;\n  y = 1;\nendmodule\n").unwrap();
        fs::write(
            &two,
            "// first\nmodule a();\n  x = 1;\n  y = 1;\nendmodule\n",
        )
        .unwrap();
        let line = |file: &Path, line, count| {
            let file = file.display();
            format!(
                "C '\u{1}f\u{2}{file}\u{1}l\u{2}{line}\u{1}page\u{2}v_line/a\u{1}o\u{2}block' {count}\n"
            )
        };
        let toggle = "C '\u{1}f\u{2}one.v\u{1}l\u{2}2\u{1}page\u{2}v_toggle/a\u{1}o\u{2}x[3]' 0\n";
        let texts = [
            line(&one, 2, 0) + &line(&one, 3, 0) + toggle,
            line(&two, 3, 5) + &line(&two, 4, 0) + "# a remark\n",
        ];
        for (n, text) in texts.iter().enumerate() {
            fs::write(folder.path().join(format!("{n}.dat")), text).unwrap();
        }
        let all = Structural::merge(folder.path()).unwrap();
        let expected = ModuleCoverage {
            lines: (1, 2),
            toggles: (0, 1),
        };
        assert_eq!(all.modules()["a"], expected);
        let never: Vec<&str> = all.never().map(|place| all.text(place)).collect();
        assert_eq!(never, ["y = 1;"]);
    }
}
