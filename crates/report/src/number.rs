//! Numbers as a person reads them.

/// A count with commas.
///
/// # Examples
/// ```
/// assert_eq!(graftwork_report::number::count(1_234_567), "1,234,567");
/// ```
#[must_use]
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Bytes in the largest binary unit that leaves a number of at least 1.
///
/// # Examples
/// ```
/// assert_eq!(graftwork_report::number::bytes(4_100_000), "3.9 MiB");
/// ```
#[must_use]
pub fn bytes(n: u64) -> String {
    let units = ["KiB", "MiB", "GiB", "TiB"];
    let mut value = n as f64;
    let mut unit = "B";
    for larger in units {
        // What would be rounded to 1024 is one of the larger unit.
        if value < 1023.95 {
            break;
        }
        value /= 1024.0;
        unit = larger;
    }
    if unit == "B" { format!("{n} B") } else { format!("{value:.1} {unit}") }
}

/// `0.483 s`, `29.5 s`, `12 min 05 s`, `3 h 05 min`.
pub(crate) fn duration(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    match seconds {
        s if s < 9.9995 => format!("{s:.3} s"),
        s if s < 59.95 => format!("{s:.1} s"),
        s if s < 3599.5 => format!("{} min {:02} s", whole / 60, whole % 60),
        _ => format!("{} h {:02} min", (whole + 30) / 3600, (whole + 30) % 3600 / 60),
    }
}

/// A loss: `4.0333`.
pub(crate) fn loss(value: f64) -> String {
    format!("{value:.4}")
}

/// `12.3 %` of a share.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.2} %", share * 100.0)
}

/// A number of so many digits that count, without an exponent where it would be short: `0.002`, `1,862`, `2e-5`.
pub(crate) fn significant(value: f64, digits: usize) -> String {
    if value == 0.0 || !value.is_finite() {
        return if value == 0.0 { "0".to_owned() } else { value.to_string() };
    }
    let exponential = format!("{value:.*e}", digits.saturating_sub(1));
    let (mantissa, exponent) = exponential.split_once('e').unwrap_or((&exponential, "0"));
    let power: i32 = exponent.parse().unwrap_or(0);
    if !(-4..15).contains(&power) {
        return format!("{}e{power}", trimmed(mantissa));
    }
    let decimals = usize::try_from(digits as i32 - 1 - power).unwrap_or(0);
    let text = format!("{value:.decimals$}");
    match text.split_once('.') {
        Some(_) => grouped(trimmed(&text)),
        None => grouped(&text),
    }
}

/// Without zeros behind the point.
fn trimmed(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

/// With commas between thousands.
pub(crate) fn grouped(text: &str) -> String {
    let (sign, text) = text.split_at(usize::from(text.starts_with('-')));
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    match whole.parse() {
        Ok(whole) => format!("{sign}{}{rest}", count(whole)),
        Err(_) => format!("{sign}{text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{bytes, count, duration, significant};

    #[test]
    fn numbers_read_well() {
        let counts = [0, 999, 1000, 1_234_567, 5_478_144].map(count);
        assert_eq!(counts, ["0", "999", "1,000", "1,234,567", "5,478,144"]);
        let sizes = [0, 512, 1023, 1024, 1536, 1_048_575, 5 << 30].map(bytes);
        assert_eq!(sizes, ["0 B", "512 B", "1023 B", "1.0 KiB", "1.5 KiB", "1.0 MiB", "5.0 GiB"]);
        assert_eq!(
            [0.4834, 29.49, 59.97, 725.0, 3599.6, 11100.0].map(duration),
            ["0.483 s", "29.5 s", "1 min 00 s", "12 min 05 s", "1 h 00 min", "3 h 05 min"]
        );
        let numbers = [0.0, 0.002, 2e-5, 1862.29, -0.5, 1e15, 123_456.0].map(|n| significant(n, 3));
        assert_eq!(numbers, ["0", "0.002", "2e-5", "1,862", "-0.5", "1e15", "123,456"]);
    }
}
