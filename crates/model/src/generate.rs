//! Generation of text, a token at a time, with cached keys and values.

use burn::tensor::{DType, Device, Tensor};
use graftwork_kernels::random::Key;

use crate::{Architecture, Cache, Input, Parameters};

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
    let key = Key::new(sampling.seed).child("generate");
    let head = architecture.head();
    let mut cache = Cache::default();
    let mut pending = prompt.to_vec();
    let mut generated = Vec::new();
    let most = architecture.position_limit().map_or(usize::MAX, |limit| limit as usize);
    while generated.len() < sampling.max_tokens && !pending.is_empty() && cache.length() + pending.len() <= most {
        let reach = (cache.length() + pending.len()) as u64;
        if architecture.angles_change_after().is_some_and(|most| reach > most && cache.length() as u64 <= most) {
            cache = Cache::default();
            pending = [prompt, &generated].concat();
        }
        let input = Input::sequence(&pending, cache.length() as u32, device);
        let hidden = architecture.forward(parameters, &input, Some(&mut cache));
        let last = hidden.narrow(0, pending.len() - 1, 1);
        let logits = head.logits(parameters, last);
        let draw = key.number(generated.len() as u64).draw() as f64 / 2f64.powi(64);
        let Some(token) = choose(logits, sampling, draw) else { break };
        if sampling.stop.contains(&token) || !on_token(token) {
            break;
        }
        generated.push(token);
        pending = vec![token];
    }
    generated
}

/// The next token for logits `[1, vocabulary]` and a number from `[0, 1)`; none where no logit is finite.
fn choose(logits: Tensor<2>, sampling: &Sampling, draw: f64) -> Option<u32> {
    let logits: Vec<f32> = logits.cast(DType::F32).into_data().try_to_vec().ok()?;
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
