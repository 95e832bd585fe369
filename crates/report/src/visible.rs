//! Text of others, made harmless to read.

/// Shows characters that would not be seen and change what is: controls, and those that turn the direction of writing or are
/// invisible. Line breaks and tabs stay.
pub(crate) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '\n' || c == '\t' || !hidden(c) {
            shown.push(c);
        } else {
            shown.push_str(&format!("⟨{:04X}⟩", u32::from(c)));
        }
    }
    shown
}

fn hidden(c: char) -> bool {
    // Marks, overrides and isolates of Unicode's bidirectional algorithm; a space without width; separators of lines; tags. Joiners stay: scripts and emoji need them.
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        || matches!(c, '\u{e0000}'..='\u{e007f}')
}
