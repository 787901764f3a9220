//! What rust-hdl's kernel macro drops or misreads in silence, so that no emitter can refuse it:
//! these rules are checked on the source text.

use std::fs;
use std::path::Path;

use proc_macro2::LineColumn;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Expr, ExprCall, ExprMethodCall, ExprPath, ImplItemFn, Pat, RangeLimits};

/// Breaches of the kernel rules in one file.
fn breaches(source: &str) -> Vec<String> {
    let file = syn::parse_file(source).expect("the sources parse");
    let mut kernels = Kernels::default();
    kernels.visit_file(&file);
    kernels.found
}

#[derive(Default)]
struct Kernels {
    found: Vec<String>,
}

impl<'ast> Visit<'ast> for Kernels {
    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        if function.attrs.iter().any(|a| a.path().is_ident("hdl_gen")) {
            let mut kernel = Kernel {
                found: &mut self.found,
                loops: Vec::new(),
            };
            kernel.visit_block(&function.block);
        }
    }
}

struct Kernel<'a> {
    found: &'a mut Vec<String>,
    /// Loop variables in force.
    loops: Vec<String>,
}

impl Kernel<'_> {
    fn breach(&mut self, at: &impl Spanned, what: &str) {
        let LineColumn { line, .. } = at.span().start();
        self.found.push(format!("line {line}: {what}"));
    }

    /// `x.index()` may stand alone only: with arithmetic it is a `usize` in Rust, which does not
    /// wrap, and a signal in the AST, which does.
    fn lone_index<'e>(&mut self, expr: &'e Expr) -> &'e Expr {
        match expr {
            Expr::MethodCall(call) if call.method == "index" => &call.receiver,
            Expr::Paren(paren) => self.lone_index(&paren.expr),
            _ => expr,
        }
    }
}

impl<'ast> Visit<'ast> for Kernel<'_> {
    fn visit_expr_match(&mut self, m: &'ast syn::ExprMatch) {
        let scrutinee = self.lone_index(&m.expr);
        self.visit_expr(scrutinee);
        for arm in &m.arms {
            if arm.guard.is_some() {
                self.breach(&arm.pat, "a match guard is dropped by the kernel macro");
            }
            if matches!(arm.pat, Pat::Ident(_)) {
                self.breach(&arm.pat, "a binding is no pattern of a kernel");
            }
            self.visit_expr(&arm.body);
        }
    }

    fn visit_expr_for_loop(&mut self, l: &'ast syn::ExprForLoop) {
        match &*l.expr {
            Expr::Range(range) if matches!(range.limits, RangeLimits::Closed(_)) => {
                self.breach(range, "`..=` is taken for `..` by the kernel macro");
            }
            _ => {}
        }
        let Pat::Ident(variable) = &*l.pat else {
            return self.breach(&l.pat, "a loop needs a plain variable");
        };
        self.loops.push(variable.ident.to_string());
        self.visit_block(&l.body);
        self.loops.pop();
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        const INDEXED: [&str; 3] = ["get_bit", "get_bits", "replace_bit"];
        if call.method == "index" {
            self.breach(
                call,
                "`index()` may only be a whole index, or what a match looks at",
            );
        }
        self.visit_expr(&call.receiver);
        let indexed = INDEXED.iter().any(|method| call.method == method);
        for (at, argument) in call.args.iter().enumerate() {
            let argument = if indexed && at == 0 {
                self.lone_index(argument)
            } else {
                argument
            };
            self.visit_expr(argument);
        }
    }

    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        const CASTS: [&str; 2] = ["bit_cast", "bits"];
        const ENDS: [&str; 3] = ["from", "link", "join"];
        if let Expr::Path(path) = &*call.func {
            let segments = &path.path.segments;
            let name = segments
                .last()
                .map(|s| s.ident.to_string())
                .unwrap_or_default();
            let first = segments
                .first()
                .map(|s| s.ident.to_string())
                .unwrap_or_default();
            let known = match segments.len() {
                1 => CASTS.contains(&name.as_str()),
                _ => ENDS.contains(&name.as_str()) && (name != "from" || first == "Bits"),
            };
            if !known {
                let what = "functions are not translated, but those whose name starts with \
                            `bits` or `bit_cast` are taken for casts";
                self.breach(call, what);
            }
        }
        call.args
            .iter()
            .for_each(|argument| self.visit_expr(argument));
    }

    fn visit_expr_path(&mut self, path: &'ast ExprPath) {
        if let Some(name) = path.path.get_ident().map(ToString::to_string) {
            if name != "self" && !self.loops.contains(&name) {
                // `self.limit` and a const `limit` are the same name in the AST
                self.breach(
                    path,
                    "a const has no value in a kernel: use a `Constant` field",
                );
            }
        }
        visit::visit_expr_path(self, path);
    }
}

fn sources(folder: &Path, out: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).expect("the sources are there") {
        let path = entry.expect("a folder's entry").path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            out.push(path);
        }
    }
}

#[test]
fn kernels_use_nothing_the_macro_misreads() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    sources(&root.join("tests"), &mut files);
    let mut found = Vec::new();
    for file in files
        .iter()
        .filter(|file| !file.ends_with("emit_refusals.rs"))
    {
        let text = fs::read_to_string(file).expect("a source file");
        let shown = file
            .strip_prefix(root)
            .unwrap_or(file)
            .display()
            .to_string();
        found.extend(
            breaches(&text)
                .into_iter()
                .map(|breach| format!("{shown}, {breach}")),
        );
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

fn breaches_of(kernel: &str) -> usize {
    breaches(&format!(
        "impl Logic for X {{ #[hdl_gen] fn update(&mut self) {{ {kernel} }} }}"
    ))
    .len()
}

#[test]
fn match_guards_are_found() {
    let guarded = "match self.a.val().index() { 1 if self.b.val() => self.o.next = true, _ => {} }";
    assert_eq!(breaches_of(guarded), 1);
    assert_eq!(breaches_of(&guarded.replace(" if self.b.val()", "")), 0);
    let nested = format!("if self.c.val() {{ for i in 0..2 {{ {guarded} }} }}");
    assert_eq!(breaches_of(&nested), 1);
}

#[test]
fn closed_ranges_are_found() {
    assert_eq!(breaches_of("for i in 0..=3 { self.a[i].next = true; }"), 1);
    assert_eq!(breaches_of("for i in 0..4 { self.a[i].next = true; }"), 0);
}

#[test]
fn arithmetic_on_an_index_is_found() {
    assert_eq!(
        breaches_of("self.o.next = self.a.val().get_bit(self.b.val().index() + 1);"),
        1
    );
    assert_eq!(
        breaches_of("self.o.next = self.a.val().index() + 1 > self.b.val().index();"),
        2
    );
    assert_eq!(
        breaches_of("self.o.next = self.a.val().get_bits::<4>((self.b.val()).index());"),
        0
    );
}

#[test]
fn functions_that_look_like_casts_are_found() {
    assert_eq!(breaches_of("self.o.next = bits_reversed(self.a.val());"), 1);
    assert_eq!(
        breaches_of("self.o.next = Bits::<8>::from(self.a.val()) + bits::<8>(3);"),
        0
    );
    assert_eq!(
        breaches_of("Bus::<8>::link(&mut self.a, &mut self.b.c);"),
        0
    );
}

#[test]
fn consts_are_found() {
    assert_eq!(breaches_of("self.o.next = self.a.val() == LIMIT;"), 1);
    assert_eq!(
        breaches_of("for i in 0..N { self.a[i].d.next = State::Idle; }"),
        0
    );
}
