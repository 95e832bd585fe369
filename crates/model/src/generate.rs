//! Generation of text, a token at a time, with cached keys and values.

use burn::tensor::{DType, Device};
use graftwork_kernels::random::Key;
use serde::Serialize;

use crate::{Architecture, Cache, Input, Parameters, Past};

/// How the next token is chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Sampling {
    /// The most tokens to generate.
    pub max_tokens: usize,
    /// Divides the logits; 0 always takes the likeliest token.
    pub temperature: f64,
    /// Only the likeliest tokens that together reach this probability; 1 admits all. (A. Holtzman et al., arXiv 1904.09751)
    pub top_p: f64,
    /// Tokens that end the text; they are not given back.
    pub stop: Vec<u32>,
    /// The same seed and prompt give the same text.
    pub seed: u64,
}

/// Why a text ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The model ended it, by a token that does.
    End,
    /// It has as many tokens as were asked for.
    MaxTokens,
    /// The model has no further position.
    Positions,
    /// Whoever was shown the tokens wanted no more.
    Stopped,
    /// No logit is a finite number: the weights are broken.
    NotFinite,
}

/// What was added to a prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Continuation {
    /// The tokens.
    pub tokens: Vec<u32>,
    /// Why there are no more.
    pub ending: Ending,
}

/// Continues a prompt of at least one token. `on_token` sees each new token and ends the text by giving false; so does the end of
/// a model's table of positions.
pub fn generate(
    architecture: &dyn Architecture,
    parameters: &dyn Parameters,
    prompt: &[u32],
    sampling: &Sampling,
    device: &Device,
    mut on_token: impl FnMut(u32) -> bool,
) -> Vec<u32> {
    let past = &mut Past::default();
    let mut all =
        generate_rows(architecture, parameters, &[prompt], sampling, device, past, |_, token| on_token(token));
    all.pop().map_or_else(Vec::new, |continuation| continuation.tokens)
}

/// Continues several prompts together, each as [`generate`] would alone. `on_token` is told the row too.
///
/// All rows go on at one pace from the shortest prompt's end: where a longer prompt has a token, that is taken and none is
/// chosen. So no row has padding, and one cache does for all.
///
/// What the rows have in common with those in `past` is not read again; afterwards `past` is what these have become.
pub fn generate_rows(
    architecture: &dyn Architecture,
    parameters: &dyn Parameters,
    prompts: &[&[u32]],
    sampling: &Sampling,
    device: &Device,
    past: &mut Past,
    mut on_token: impl FnMut(usize, u32) -> bool,
) -> Vec<Continuation> {
    let key = Key::new(sampling.seed).child("generate");
    let head = architecture.head();
    let most = architecture.position_limit().map_or(usize::MAX, |limit| limit as usize);
    let mut rows: Vec<Row<'_>> = prompts.iter().map(|prompt| Row::new(prompt, sampling)).collect();
    let mut cache = past.take(architecture, prompts);
    let mut seen = cache.length();
    let mut reach = prompts.iter().map(|prompt| prompt.len()).min().unwrap_or(0);
    while reach > seen && reach <= most && rows.iter().any(|row| row.ending.is_none()) {
        if architecture.angles_change_after().is_some_and(|most| reach as u64 > most && seen as u64 <= most) {
            (cache, seen) = (Cache::default(), 0);
        }
        let length = reach - seen;
        let ids = rows.iter().flat_map(|row| (seen..reach).map(|at| row.token(at))).collect();
        let positions = rows.iter().flat_map(|_| seen as u32..reach as u32).collect();
        let input = Input::new(rows.len(), ids, positions, vec![1; rows.len() * length], device);
        let hidden = architecture.forward(parameters, &input, Some(&mut cache));
        let last: Vec<u32> = (1..=rows.len()).map(|row| (row * length - 1) as u32).collect();
        let logits = head.logits(parameters, hidden.select(0, input.integers(&last)));
        let Ok(logits) = logits.cast(DType::F32).into_data().try_to_vec::<f32>() else { break };
        let columns = logits.len() / rows.len();
        for (index, (row, logits)) in rows.iter_mut().zip(logits.chunks(columns)).enumerate() {
            // A longer prompt goes on by itself.
            if reach < row.prompt.len() || row.ending.is_some() {
                continue;
            }
            let draw = key.number(row.new.len() as u64).draw() as f64 / 2f64.powi(64);
            row.ending = match choose(logits, sampling, draw) {
                None => Some(Ending::NotFinite),
                Some(token) if sampling.stop.contains(&token) => Some(Ending::End),
                Some(token) if !on_token(index, token) => Some(Ending::Stopped),
                Some(token) => {
                    row.new.push(token);
                    (row.new.len() >= sampling.max_tokens).then_some(Ending::MaxTokens)
                }
            };
        }
        (seen, reach) = (reach, reach + 1);
    }
    past.put(cache, rows.len(), |row, at| rows[row].token(at));
    // What nothing has ended would go on where there is no position.
    let continuation = |row: Row<'_>| Continuation { tokens: row.new, ending: row.ending.unwrap_or(Ending::Positions) };
    rows.into_iter().map(continuation).collect()
}

/// A text that is continued.
struct Row<'a> {
    prompt: &'a [u32],
    new: Vec<u32>,
    ending: Option<Ending>,
}

impl<'a> Row<'a> {
    fn new(prompt: &'a [u32], sampling: &Sampling) -> Self {
        let nothing = prompt.is_empty() || sampling.max_tokens == 0;
        Self { prompt, new: Vec::new(), ending: nothing.then_some(Ending::MaxTokens) }
    }

    /// The token at a place; of a text that has ended, any.
    fn token(&self, at: usize) -> u32 {
        self.prompt.get(at).or_else(|| self.new.get(at - self.prompt.len())).copied().unwrap_or(0)
    }
}

/// The next token for logits and a number from `[0, 1)`; none where no logit is finite.
fn choose(logits: &[f32], sampling: &Sampling, draw: f64) -> Option<u32> {
    let best = (0..logits.len()).filter(|&i| logits[i].is_finite()).max_by(|&a, &b| {
        // Of equals the first, as argmax has it.
        logits[a].total_cmp(&logits[b]).then(b.cmp(&a))
    })?;
    if sampling.temperature <= 0.0 {
        return Some(best as u32);
    }
    let peak = f64::from(logits[best]);
    let weight = |l: f32| ((f64::from(l) - peak) / sampling.temperature).exp();
    let mut ranked: Vec<(usize, f64)> =
        logits.iter().enumerate().filter(|(_, l)| l.is_finite()).map(|(i, &l)| (i, weight(l))).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let total: f64 = ranked.iter().map(|(_, w)| w).sum();
    let mut kept = 0;
    let mut mass = 0.0;
    while kept < ranked.len() && (kept == 0 || mass < sampling.top_p * total) {
        mass += ranked[kept].1;
        kept += 1;
    }
    let mut left = draw * mass;
    for &(token, weight) in &ranked[..kept] {
        left -= weight;
        if left < 0.0 {
            return Some(token as u32);
        }
    }
    Some(ranked[kept - 1].0 as u32)
}
