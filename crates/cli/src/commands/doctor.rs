//! `doctor`: what there is and what is missing, each with a verdict.

use graftwork::{Finding, Verdict};

use super::Done;
use crate::{exit, output, style};

pub(crate) fn doctor(need: &[String], json: bool) -> Done {
    let mut report = graftwork::doctor();
    need.iter().try_for_each(|name| report.need(name))?;
    if json {
        output::json(&report)?;
        return Ok(exit::of_verdict(report.sound()));
    }
    output::line(&format!("graftwork {}, models of the families {}", report.version, report.families.join(", ")))?;
    for Finding { name, verdict, found, remedy } in &report.findings {
        let (word, look) = match verdict {
            Verdict::Ok => ("ok", style::GOOD),
            Verdict::Missing => ("missing", style::WARNING),
            Verdict::Problem => ("problem", style::ERROR),
        };
        output::line(&format!("{}  {name:<10} {found}", style::out(look, &format!("{word:<8}"))))?;
        for line in remedy {
            output::line(&format!("{:21}{line}", ""))?;
        }
    }
    Ok(exit::of_verdict(report.sound()))
}
