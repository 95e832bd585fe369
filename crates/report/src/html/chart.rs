//! A chart as SVG.
//!
//! Plotting crates write colours into the drawing as attributes, which cannot follow light and dark, nor a person who hides a run.
//! Here a series has the class of its run, and the page's style says the rest: colour, dashes, what is hidden.

use std::fmt::Write;

use minijinja::HtmlEscape;
use serde::Serialize;

use super::reduce::{Point, reduce};
use super::scale::{Domain, drawable};
use crate::number::significant;

/// The drawing's units; the style scales it to the page.
const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 270.0;
const LEFT: f64 = 58.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 40.0;
/// Numbers that are centred nearer to the end than this would leave the drawing.
const EDGE: f64 = 14.0;
/// More points than the drawing is wide cannot be seen.
const POINTS: usize = 600;
/// More than this are not marked each.
const MARKED: usize = 40;
/// Shapes of marks, and dashes in the style, repeat after so many runs.
pub(super) const LOOKS: usize = 6;

/// What is drawn.
pub(super) struct Chart {
    /// Names it in the page.
    pub(super) id: String,
    /// What it is, for who does not see it.
    pub(super) title: String,
    pub(super) x_label: &'static str,
    pub(super) series: Vec<Series>,
    /// Bounds of the values, where other charts share them.
    pub(super) y: Option<Domain>,
}

/// A line of it.
pub(super) struct Series {
    /// Which run; it decides the look.
    pub(super) run: usize,
    pub(super) name: String,
    pub(super) points: Vec<Point>,
    pub(super) look: Look,
}

/// How a line is drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Line,
    /// Behind the others, and not told: the raw values of a smoothed line.
    Faint,
    /// With a mark at each point, and a ring around the lowest.
    Marked,
}

/// The numbers of a chart, for the read-out.
#[derive(Serialize)]
pub(super) struct Numbers {
    id: String,
    x: &'static str,
    /// Bounds of the x axis, as numbers and as places in the drawing.
    domain: [f64; 2],
    range: [f64; 2],
    series: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    run: usize,
    x: Vec<f64>,
    y: Vec<f64>,
}

impl Chart {
    /// The drawing and its numbers.
    pub(super) fn draw(mut self) -> (String, Numbers) {
        let marked = |s: &Series| s.look == Look::Marked && s.points.len() <= MARKED;
        let y =
            self.y.unwrap_or_else(|| Domain::of_most(self.series.iter().flat_map(|s| s.points.iter().map(|p| p.1))));
        let x = Domain::of(self.series.iter().flat_map(|s| s.points.iter().map(|p| p.0)));
        let description = self.describe();
        for series in &mut self.series {
            series.points = reduce(&series.points, POINTS);
        }
        let frame = Frame { x, y };
        let mut svg = String::new();
        let id = &self.id;
        // No <title>: browsers show it over the read-out. Writing to a string cannot fail.
        let _ = write!(
            svg,
            "<svg id=\"{id}\" class=\"chart\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\" \
             aria-describedby=\"{id}-text\" tabindex=\"0\"><desc id=\"{id}-text\">{}</desc><clipPath id=\"{id}-clip\"><rect \
             x=\"{LEFT}\" y=\"{TOP}\" width=\"{}\" height=\"{}\"/></clipPath>",
            HtmlEscape(&self.title),
            HtmlEscape(&description),
            WIDTH - LEFT - RIGHT,
            HEIGHT - TOP - BOTTOM
        );
        frame.axes(&mut svg, self.x_label);
        let (behind, before): (Vec<_>, Vec<_>) = self.series.iter().partition(|s| s.look == Look::Faint);
        for series in behind.into_iter().chain(before) {
            frame.series(&mut svg, series, &format!("{id}-clip"), marked(series));
        }
        let floor = HEIGHT - BOTTOM;
        let _ = write!(svg, "<line class=\"guide\" x1=\"0\" x2=\"0\" y1=\"{TOP}\" y2=\"{floor}\"/></svg>");
        let told = self.series.iter().filter(|s| s.look != Look::Faint);
        let lines = told.map(|s| {
            let finite = || s.points.iter().filter(|p| drawable(p.1));
            Line { run: s.run, x: finite().map(|p| short(p.0)).collect(), y: finite().map(|p| short(p.1)).collect() }
        });
        let range = [LEFT, WIDTH - RIGHT];
        (svg, Numbers { id: self.id.clone(), x: self.x_label, domain: [x.low, x.high], range, series: lines.collect() })
    }

    /// The course of each line in words.
    fn describe(&self) -> String {
        let told = self.series.iter().filter(|s| s.look != Look::Faint);
        let course = |series: &Series| {
            let finite = || series.points.iter().filter(|p| drawable(p.1));
            let (first, last) = (finite().next()?, finite().next_back()?);
            let (low, high) = (
                finite().map(|p| p.1).fold(f64::INFINITY, f64::min),
                finite().map(|p| p.1).fold(f64::NEG_INFINITY, f64::max),
            );
            let [y0, y1, low, high] = [first.1, last.1, low, high].map(|y| significant(y, 4));
            let [x0, x1] = [first.0, last.0].map(|x| significant(x, 6));
            Some(format!("{}: from {y0} at {x0} to {y1} at {x1}, between {low} and {high}.", series.name))
        };
        let courses: Vec<_> = told.filter_map(course).collect();
        if courses.is_empty() {
            "No values.".to_owned()
        } else {
            format!("Against {}. {}", self.x_label, courses.join(" "))
        }
    }
}

/// Six digits: more than can be seen or read out.
fn short(value: f64) -> f64 {
    if value.fract() == 0.0 { value } else { format!("{value:.5e}").parse().unwrap_or(value) }
}

struct Frame {
    x: Domain,
    y: Domain,
}

impl Frame {
    fn x(&self, value: f64) -> f64 {
        LEFT + self.x.place(value) * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, value: f64) -> f64 {
        // What leaves the frame is cut there; how far away it lies is not to be drawn.
        HEIGHT - BOTTOM - self.y.place(value).clamp(-1.0, 2.0) * (HEIGHT - TOP - BOTTOM)
    }

    /// Lines and numbers of the axes.
    fn axes(&self, svg: &mut String, x_label: &str) {
        let (right, floor) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
        let _ = write!(svg, "<g class=\"axes\" aria-hidden=\"true\">");
        for (value, text) in self.y.ticks() {
            let y = self.y(value);
            let _ = write!(
                svg,
                "<line x1=\"{LEFT}\" x2=\"{right}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/><text class=\"y\" x=\"{}\" y=\"{:.1}\">{text}</text>",
                LEFT - 8.0,
                y + 4.0
            );
        }
        for (value, text) in self.x.ticks() {
            let x = self.x(value);
            // A number at the very end stays within the drawing.
            let (class, x) = if x > right - EDGE { ("x end", right) } else { ("x", x) };
            let _ = write!(svg, "<text class=\"{class}\" x=\"{x:.1}\" y=\"{}\">{text}</text>", floor + 17.0);
        }
        let _ = write!(
            svg,
            "<line class=\"floor\" x1=\"{LEFT}\" x2=\"{right}\" y1=\"{floor}\" y2=\"{floor}\"/><text class=\"label\" x=\"{right}\" \
             y=\"{}\">{x_label}</text></g>",
            HEIGHT - 6.0
        );
    }

    /// A line is cut where it leaves the frame; marks may stand on its edge.
    fn series(&self, svg: &mut String, series: &Series, clip: &str, marked: bool) {
        let class = if series.look == Look::Faint { " faint" } else { "" };
        let _ = write!(
            svg,
            "<g class=\"run s{}{class}\" data-run=\"{}\"><path class=\"line\" clip-path=\"url(#{clip})\" d=\"",
            series.run % LOOKS,
            series.run
        );
        let mut pen = 'M';
        for &(x, y) in &series.points {
            if !drawable(y) {
                pen = 'M';
                continue;
            }
            let _ = write!(svg, "{pen}{:.1} {:.1}", self.x(x), self.y(y));
            // A point with gaps on both sides is a dot.
            svg.push_str(if pen == 'M' { "h0" } else { "" });
            pen = 'L';
        }
        svg.push_str("\"/>");
        let finite = || series.points.iter().filter(|p| (0.0..=1.0).contains(&self.y.place(p.1)));
        if marked {
            for &(x, y) in finite() {
                svg.push_str(&mark(series.run, self.x(x), self.y(y)));
            }
        }
        if let Some(&(x, y)) = finite().min_by(|a, b| a.1.total_cmp(&b.1)).filter(|_| series.look == Look::Marked) {
            let _ = write!(svg, "<circle class=\"ring\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"7\"/>", self.x(x), self.y(y));
        }
        svg.push_str("</g>");
    }
}

/// The shape of a run's marks.
fn mark(run: usize, x: f64, y: f64) -> String {
    let path = match run % LOOKS {
        0 => return format!("<circle class=\"mark\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\"/>"),
        1 => "m-3 -3h6v6h-6z",
        2 => "m0 -4l4 7h-8z",
        3 => "m0 -4.2l4.2 4.2l-4.2 4.2l-4.2 -4.2z",
        4 => "m-4 -3h8l-4 7z",
        _ => "m-1.3 -4h2.6v2.7h2.7v2.6h-2.7v2.7h-2.6v-2.7h-2.7v-2.6h2.7z",
    };
    format!("<path class=\"mark\" d=\"M{x:.1} {y:.1}{path}\"/>")
}

/// A sample of a run's line, for the legend.
pub(super) fn key(run: usize) -> String {
    let mark = mark(run, 18.0, 6.0);
    format!(
        "<svg class=\"key s{}\" viewBox=\"0 0 36 12\" aria-hidden=\"true\"><path class=\"line\" d=\"M1 6H35\"/>{mark}</svg>",
        run % LOOKS
    )
}
