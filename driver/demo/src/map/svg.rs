//! SVG, as far as the picture needs it.

use alloc::format;
use alloc::string::String;
use alloc::string::ToString;
use core::fmt::{Display, Write};

/// A rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rect {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Rect {
    pub(super) const fn new(x: f64, y: f64, width: f64, height: f64) -> Self {
        Self {
            x,
            y,
            width,
            height,
        }
    }

    pub(super) fn right(&self) -> f64 {
        self.x + self.width
    }

    pub(super) fn bottom(&self) -> f64 {
        self.y + self.height
    }
}

/// A picture under way. All text is escaped here, and nowhere else.
#[derive(Default)]
pub(super) struct Svg {
    body: String,
}

impl Svg {
    /// A rectangle; hovering over it shows `hint`.
    pub(super) fn rect(&mut self, class: &str, at: Rect, hint: &str) {
        let Rect {
            x,
            y,
            width,
            height,
        } = at;
        self.line(format_args!(
            r#"<rect class="{class}" x="{x:.2}" y="{y:.2}" width="{width:.2}" height="{height:.2}">{}</rect>"#,
            title(hint)
        ));
    }

    /// Several rectangles that are one thing.
    pub(super) fn rects(&mut self, class: &str, all: &[Rect], hint: &str) {
        let mut path = String::new();
        for at in all {
            let (x, y, right) = (at.x, at.y, at.right());
            let height = at.height;
            // Writing to a string does not fail.
            let _ = write!(path, "M{x:.2} {y:.2}H{right:.2}v{height:.2}H{x:.2}z");
        }
        if !path.is_empty() {
            self.path(class, &path, hint);
        }
    }

    /// Any shape.
    pub(super) fn path(&mut self, class: &str, path: &str, hint: &str) {
        self.line(format_args!(
            r#"<path class="{class}" d="{path}">{}</path>"#,
            title(hint)
        ));
    }

    /// A line of text, with its baseline at `y`.
    pub(super) fn text(&mut self, class: &str, x: f64, y: f64, text: impl Display) {
        let text = escape(&text.to_string());
        self.line(format_args!(
            r#"<text class="{class}" x="{x:.2}" y="{y:.2}">{text}</text>"#
        ));
    }

    fn line(&mut self, what: core::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = writeln!(self.body, "{what}");
    }

    /// The whole file. `style` and `patterns` are CSS and SVG.
    pub(super) fn finish(
        self,
        name: &str,
        (width, height): (f64, f64),
        style: &str,
        patterns: &str,
    ) -> String {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" \
             width=\"{width:.0}\" height=\"{height:.0}\">\n\
             {}\n<style>\n{style}</style>\n{patterns}\n\
             <rect class=\"paper\" x=\"0\" y=\"0\" width=\"{width:.0}\" height=\"{height:.0}\"/>\n\
             {}</svg>\n",
            title(name),
            self.body
        )
    }
}

fn title(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    format!("<title>{}</title>", escape(text))
}

/// Text as it may stand in XML 1.0, which has no control characters.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}
