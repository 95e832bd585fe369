//! Generation with a model that is a table: the logits of the next token depend on the last one alone.
#![allow(clippy::expect_used, clippy::panic, missing_docs, reason = "tests")]

use std::sync::Mutex;

use burn::tensor::{Device, Tensor, TensorData};
use graftwork_model::sketch::Sketch;
use graftwork_model::{
    Architecture, Blocks, Cache, Dimensions, Ending, Head, Input, Layout, Parameters, Past, Sampling, Task, Weights,
    generate, generate_rows,
};
use graftwork_plan::ParamId;

/// Row `t` of its parameter holds the logits after token `t`.
#[derive(Default)]
struct Table {
    /// Tokens that each forward pass was given, after how many in the cache.
    passes: Mutex<Vec<(usize, usize)>>,
    /// Positions that it has.
    limit: Option<u64>,
    /// Length from which on it turns keys otherwise.
    angles: Option<u64>,
}

impl Architecture for Table {
    fn layout(&self) -> &Layout {
        unreachable!("generation asks for no parameters")
    }

    fn task(&self) -> Task {
        Task::CausalLm
    }

    fn class_name(&self) -> String {
        unreachable!("generation asks for no name")
    }

    fn position_limit(&self) -> Option<u64> {
        self.limit
    }

    fn angles_change_after(&self) -> Option<u64> {
        self.angles
    }

    fn dimensions(&self) -> Dimensions {
        unreachable!("generation asks for no sizes")
    }

    fn head(&self) -> Head {
        Head { weight: ParamId(1), bias: None, cap: None }
    }

    fn sketch(&self) -> Sketch {
        unreachable!("generation estimates nothing")
    }

    fn begin<'a>(
        &'a self,
        parameters: &dyn Parameters,
        input: &'a Input,
        past: usize,
    ) -> (Tensor<2>, Box<dyn Blocks + 'a>) {
        assert_eq!(input.positions()[0] as usize, past, "positions go on where the cache ends");
        self.passes.lock().expect("no panic").push((input.length(), past));
        (parameters.embedding(ParamId(0), input.ids()), Box::new(Remember(input)))
    }
}

/// A block that does nothing but put its tokens into the cache.
struct Remember<'a>(&'a Input);

impl Blocks for Remember<'_> {
    fn count(&self) -> usize {
        1
    }

    fn apply(&self, index: usize, _: &dyn Parameters, x: Tensor<2>, cache: Option<&mut Cache>) -> Tensor<2> {
        let keys = Tensor::<4>::zeros([1, 1, self.0.length(), 1], self.0.device());
        cache.expect("generation has a cache").extend(index, keys.clone(), keys);
        x
    }

    fn finish(&self, _: &dyn Parameters, x: Tensor<2>) -> Tensor<2> {
        x
    }
}

/// The table as an embedding, and a head that leaves it as it is.
fn weights<const N: usize>(rows: [[f32; N]; N]) -> Weights {
    let device = Device::flex();
    let table = Tensor::from_data(TensorData::new(rows.concat(), [N, N]), &device);
    Weights(vec![table, Tensor::eye(N, &device)])
}

fn greedy(max_tokens: usize) -> Sampling {
    Sampling { max_tokens, temperature: 0.0, top_p: 1.0, stop: Vec::new(), seed: 0 }
}

fn run(weights: &Weights, prompt: &[u32], sampling: &Sampling) -> Vec<u32> {
    generate(&Table::default(), weights, prompt, sampling, &Device::flex(), |_| true)
}

/// 0 → 1 → 2 → 3 → 0.
fn circle() -> Weights {
    weights([[0.0, 5.0, 1.0, 1.0], [0.0, 1.0, 5.0, 1.0], [0.0, 1.0, 1.0, 5.0], [5.0, 1.0, 1.0, 1.0]])
}

#[test]
fn greedy_takes_the_likeliest_and_of_equals_the_first() {
    assert_eq!(run(&circle(), &[2, 0], &greedy(6)), [1, 2, 3, 0, 1, 2]);
    assert_eq!(run(&weights([[0.0, 3.0, 3.0], [7.0, 7.0, 7.0], [0.0; 3]]), &[0], &greedy(3)), [1, 0, 1]);
}

#[test]
fn each_token_is_computed_once() {
    let table = Table::default();
    let _ = generate(&table, &circle(), &[3, 2, 1], &greedy(4), &Device::flex(), |_| true);
    assert_eq!(*table.passes.lock().expect("no panic"), [(3, 0), (1, 3), (1, 4), (1, 5)]);
}

#[test]
fn it_ends_where_it_is_told_to() {
    assert_eq!(run(&circle(), &[0], &greedy(0)), [0; 0]);
    assert_eq!(run(&circle(), &[], &greedy(5)), [0; 0], "without a prompt there is nothing to continue");
    let stop = Sampling { stop: vec![3, 9], ..greedy(50) };
    assert_eq!(run(&circle(), &[0], &stop), [1, 2], "a token that ends the text is not part of it");
    let mut seen = Vec::new();
    let found = generate(&Table::default(), &circle(), &[0], &greedy(50), &Device::flex(), |token| {
        seen.push(token);
        seen.len() < 3
    });
    assert_eq!((seen, found), (vec![1, 2, 3], vec![1, 2]));
}

#[test]
fn it_ends_with_the_positions() {
    let table = Table { limit: Some(5), ..Table::default() };
    let text = |prompt: &[u32]| generate(&table, &circle(), prompt, &greedy(50), &Device::flex(), |_| true);
    assert_eq!(text(&[0, 1, 2]), [3, 0, 1], "the last needs no position");
    assert_eq!(text(&[0, 1, 2, 3, 0]), [1]);
}

#[test]
fn it_says_why_it_ended() {
    let ending = |weights: &Weights, table: &Table, sampling: &Sampling, most: usize| {
        let mut shown = 0;
        let all = generate_rows(table, weights, &[&[0]], sampling, &Device::flex(), &mut Past::default(), |_, _| {
            shown += 1;
            shown <= most
        });
        all[0].ending
    };
    let (circle, plain, limited) = (circle(), Table::default(), Table { limit: Some(3), ..Table::default() });
    assert_eq!(ending(&circle, &plain, &Sampling { stop: vec![2], ..greedy(9) }, 9), Ending::End);
    assert_eq!(ending(&circle, &plain, &greedy(4), 9), Ending::MaxTokens);
    assert_eq!(ending(&circle, &plain, &greedy(9), 2), Ending::Stopped);
    assert_eq!(ending(&circle, &limited, &greedy(9), 9), Ending::Positions);
    let broken = weights([[f32::NAN, f32::INFINITY]; 2]);
    assert_eq!(ending(&broken, &plain, &greedy(9), 9), Ending::NotFinite);
}

/// Texts one after the other on what was read before: what was added, and the passes it took.
struct Reader {
    table: Table,
    past: Past,
}

impl Reader {
    fn of(table: Table) -> Self {
        Self { table, past: Past::default() }
    }

    fn reads(&mut self, prompts: &[&[u32]], tokens: usize) -> (Vec<Vec<u32>>, Vec<(usize, usize)>) {
        let Self { table, past } = self;
        let all = generate_rows(table, &circle(), prompts, &greedy(tokens), &Device::flex(), past, |_, _| true);
        let passes = std::mem::take(&mut *table.passes.lock().expect("no panic"));
        (all.into_iter().map(|row| row.tokens).collect(), passes)
    }
}

#[test]
fn what_was_read_is_not_read_again() {
    let mut reader = Reader::of(Table::default());
    assert_eq!(reader.reads(&[&[3, 2, 1]], 2), (vec![vec![2, 3]], vec![(3, 0), (1, 3)]));
    assert_eq!(reader.reads(&[&[3, 2, 1, 2, 3, 0]], 1), (vec![vec![1]], vec![(2, 4)]), "the next turn");
    assert_eq!(reader.reads(&[&[3, 2, 1, 2, 3, 0]], 1), (vec![vec![1]], vec![(1, 5)]), "its logits are not kept");
    assert_eq!(reader.reads(&[&[3, 2, 0]], 2), (vec![vec![1, 2]], vec![(1, 2), (1, 3)]), "a turn less, another on top");
    assert_eq!(reader.reads(&[&[1, 2, 0]], 1), (vec![vec![1]], vec![(3, 0)]), "nothing in common");
    assert_eq!(reader.reads(&[&[1, 2, 3], &[1, 0, 1]], 1).1, [(3, 0)], "one row is not two");
    assert_eq!(reader.reads(&[&[1, 2, 3, 0], &[1, 0, 2, 3]], 1).1, [(2, 2)], "what all rows have in common");
}

#[test]
fn keys_that_were_turned_by_other_angles_are_read_again() {
    let mut reader = Reader::of(Table { angles: Some(3), ..Table::default() });
    assert_eq!(reader.reads(&[&[0, 1]], 3).1, [(2, 0), (1, 2), (4, 0)]);
    assert_eq!(reader.reads(&[&[0, 1]], 1).1, [(2, 0)], "short after long");
    assert_eq!(reader.reads(&[&[0, 1, 2, 3, 0]], 1).1, [(5, 0)], "long after short");
    assert_eq!(reader.reads(&[&[0, 1, 2, 3, 0, 1]], 1).1, [(1, 5)], "long after long");
}

#[test]
fn logits_that_are_no_numbers_end_it() {
    assert_eq!(run(&weights([[f32::NAN, f32::INFINITY]; 2]), &[0], &greedy(5)), [0; 0]);
}

/// How often each token follows the first, over many seeds.
fn shares<const N: usize>(weights: &Weights, temperature: f64, top_p: f64) -> [f64; N] {
    const DRAWS: u64 = 4000;
    let mut counts = [0u32; N];
    for seed in 0..DRAWS {
        let sampling = Sampling { max_tokens: 1, temperature, top_p, stop: Vec::new(), seed };
        counts[run(weights, &[0], &sampling)[0] as usize] += 1;
    }
    counts.map(|count| f64::from(count) / DRAWS as f64)
}

fn near(found: &[f64], expected: &[f64]) {
    for (f, e) in found.iter().zip(expected) {
        // Four standard errors at the least sure.
        assert!((f - e).abs() <= 4.0 * (e * (1.0 - e) / 4000.0).sqrt(), "{found:?}, not {expected:?}");
    }
}

#[test]
fn draws_have_the_probabilities_of_the_softmax() {
    // Probabilities 0.5, 0.3 and 0.2.
    let logits = [0.5f32.ln(), 0.3f32.ln(), 0.2f32.ln()];
    let table = weights([logits; 3]);
    near(&shares::<3>(&table, 1.0, 1.0), &[0.5, 0.3, 0.2]);
    let squares = [0.25, 0.09, 0.04].map(|p| p / 0.38);
    near(&shares::<3>(&table, 0.5, 1.0), &squares);
    near(&shares::<3>(&table, 1.0, 0.7), &[0.625, 0.375, 0.0]);
    near(&shares::<3>(&table, 1.0, 0.4), &[1.0, 0.0, 0.0]);
    near(&shares::<3>(&table, 1.0, 0.0), &[1.0, 0.0, 0.0]);
    near(&shares::<3>(&table, 1e-9, 1.0), &[1.0, 0.0, 0.0]);
}

#[test]
fn a_seed_is_a_text() {
    let table = weights([[0.0; 8]; 8]);
    let text = |seed| run(&table, &[0], &Sampling { max_tokens: 20, temperature: 1.0, seed, ..greedy(0) });
    assert_eq!(text(1), text(1));
    assert_ne!(text(1), text(2));
    assert!((0..8).all(|t| (0..20).flat_map(text).any(|found| found == t)), "every token comes up");
}
