//! A mixture of experts: a router and the feed-forward blocks that it chooses from.

use burn::tensor::{DType, Int, Tensor, TensorData, activation::softmax};
use graftwork_model::sketch::FeedForward;
use graftwork_model::{Activation, GatedMlp, Layout, Linear, ModelError, Parameters};
use graftwork_plan::Role;

use crate::config::MixtralConfig;

/// The experts of one layer.
#[derive(Clone, Debug)]
pub(crate) struct Experts {
    router: Linear,
    experts: Vec<GatedMlp>,
    per_token: usize,
    activation: Activation,
}

impl Experts {
    /// `MODULE.gate` and `MODULE.experts.N` with `w1`, `w3` and `w2`.
    pub(crate) fn new(list: &mut Layout, module: &str, config: &MixtralConfig) -> Result<Self, ModelError> {
        let d = &config.dimensions;
        // Not a linear layer to adapters: a change to it moves tokens from one expert to another.
        let weight = list.push(format!("{module}.gate.weight"), &[config.experts, d.hidden], Role::Other)?;
        let expert = |index| GatedMlp::named(list, &format!("{module}.experts.{index}"), ["w1", "w3", "w2"], d, false);
        Ok(Self {
            router: Linear { weight, bias: None },
            experts: (0..config.experts).map(expert).collect::<Result<_, _>>()?,
            per_token: config.experts_per_token as usize,
            activation: config.activation,
        })
    }

    /// The layers, as a sketch has them.
    pub(crate) fn sketch(&self) -> FeedForward {
        FeedForward::Experts(self.router, self.experts.clone(), self.per_token as u64, self.activation)
    }

    /// `[tokens, hidden]` to the same shape: the sum of what the chosen experts say, by the router's shares, which sum to 1.
    pub(crate) fn apply(&self, parameters: &dyn Parameters, x: Tensor<2>) -> Tensor<2> {
        let (dtype, device) = (x.dtype(), x.device().without_autodiff());
        let shares = softmax(self.router.apply(parameters, x.clone()).cast(DType::F32), 1);
        let (_, chosen) = shares.clone().detach().inner().topk_with_indices(self.per_token, 1);
        let kept = shares.gather(1, chosen.clone());
        let kept = kept.clone() / kept.sum_dim(1);
        let tokens_of = self.tokens_by_expert(chosen);
        let mut sum = x.zeros_like();
        for (expert, places) in self.experts.iter().zip(tokens_of).filter(|(_, places)| !places.is_empty()) {
            let index = |numbers: Vec<i32>| {
                let count = numbers.len();
                Tensor::<1, Int>::from_data(TensorData::new(numbers, [count]), (&device, DType::I32))
            };
            let tokens = index(places.iter().map(|&place| (place / self.per_token) as i32).collect());
            let count = places.len();
            let share = kept.clone().reshape([-1, 1]).select(0, index(places.into_iter().map(|p| p as i32).collect()));
            let said = expert.apply(parameters, self.activation, x.clone().select(0, tokens.clone()));
            let weighted = said * share.reshape([count, 1]).cast(dtype);
            sum = sum.select_assign(0, tokens, weighted, burn::tensor::IndexingUpdateOp::Add);
        }
        sum
    }

    /// For each expert the places in `[tokens, per_token]` that chose it.
    fn tokens_by_expert(&self, chosen: Tensor<2, Int>) -> Vec<Vec<usize>> {
        let mut places = vec![Vec::new(); self.experts.len()];
        let chosen = chosen.into_data().convert::<i64>();
        for (place, expert) in chosen.iter::<i64>().enumerate() {
            places[expert as usize].push(place);
        }
        places
    }
}
