//! Rows of a table.

use burn::tensor::{Int, Tensor};

/// Rows `ids` of `weight`: `[vocabulary, hidden]` and `[tokens]` to `[tokens, hidden]`. Each id is below `vocabulary`.
#[must_use]
pub fn embedding(weight: Tensor<2>, ids: Tensor<1, Int>) -> Tensor<2> {
    #[cfg(feature = "cuda")]
    if let Some(rows) = crate::cuda::embedding(&weight, &ids) {
        return rows;
    }
    weight.select(0, ids)
}
