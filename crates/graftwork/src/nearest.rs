//! What a misspelt name may stand for.

/// From here on one name is taken for another, of 1.
const NEAR: f64 = 0.75;

/// The name that is most like this one, where one is near.
///
/// # Examples
/// ```
/// assert_eq!(graftwork::nearest("lroa", ["full", "lora"]), Some("lora"));
/// assert_eq!(graftwork::nearest("quantise", ["full", "lora"]), None);
/// ```
#[must_use]
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let likeness = known.into_iter().map(|known| (strsim::jaro_winkler(known, name), known));
    let best = likeness.filter(|(likeness, _)| *likeness > NEAR).max_by(|a, b| a.0.total_cmp(&b.0));
    best.map(|(_, known)| known)
}
