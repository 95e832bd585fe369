//! Text that comes from a plugin, made fit to show.

/// Longest text of a plugin that is shown, in characters.
const LONGEST: usize = 2000;

/// Escapes control characters, so that no plugin draws on a terminal, and cuts what is too long.
pub(crate) fn shown(text: &str) -> String {
    let mut out = String::new();
    for (i, c) in text.chars().enumerate() {
        if i == LONGEST {
            out.push('…');
            break;
        }
        // Directional marks and other format characters can disguise text as much as control codes can.
        let invisible = matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{e0000}'..='\u{e007f}');
        if (c.is_control() && c != '\n') || invisible {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}
