//! A PEFT adapter for programs that read one rank and one alpha and nothing else.

use graftwork_store::{AdapterKey, AdapterPart, Patterns, PeftAdapter, PeftConfig, TensorData};

use crate::Error;
use crate::tensors::unreadable;

/// The same update with one rank, the highest there is, and a scale of 1: each layer's own scale goes into its B, and missing ranks
/// are zeros.
pub(crate) fn fold(adapter: PeftAdapter) -> Result<PeftAdapter, Error> {
    let PeftAdapter { config, tensors } = adapter;
    let rank = config.rank_pattern.iter().map(|(_, rank)| *rank).chain([config.r]).max().unwrap_or(config.r);
    let fold = |(name, tensor): (String, TensorData)| {
        let key: AdapterKey = name.parse().map_err(|e: graftwork_store::PeftError| unreadable(e.to_string()))?;
        let tensor = match key.part {
            AdapterPart::LoraA | AdapterPart::EmbeddingA => wider(&tensor, Axis::Rows, rank, 1.0)?,
            AdapterPart::LoraB | AdapterPart::EmbeddingB => {
                let scale = config.scaling(&key.module).map_err(|e| unreadable(e.to_string()))?;
                wider(&tensor, Axis::Columns, rank, scale)?
            }
            AdapterPart::Magnitude | AdapterPart::BaseLayer(_) | AdapterPart::Saved(_) => tensor,
        };
        Ok::<_, Error>((name, tensor))
    };
    let tensors = tensors.into_iter().map(fold).collect::<Result<_, _>>()?;
    let config = PeftConfig {
        r: rank,
        lora_alpha: rank as f64,
        use_rslora: false,
        rank_pattern: Patterns::default(),
        alpha_pattern: Patterns::default(),
        ..config
    };
    Ok(PeftAdapter { config, tensors })
}

/// The axis of a matrix that counts ranks.
enum Axis {
    Rows,
    Columns,
}

/// A matrix times a number, with zeros up to a rank.
fn wider(tensor: &TensorData, axis: Axis, rank: usize, scale: f64) -> Result<TensorData, Error> {
    let &[rows, columns] = tensor.shape() else {
        return Err(unreadable(format!("a factor of the shape {:?} is no matrix", tensor.shape())));
    };
    let values = tensor.to_f32().map_err(|e| unreadable(e.to_string()))?;
    let scaled = values.iter().map(|&value| (f64::from(value) * scale) as f32);
    let (shape, values) = match axis {
        Axis::Rows => {
            let missing = rank.saturating_sub(rows) * columns;
            ([rank.max(rows), columns], scaled.chain(std::iter::repeat_n(0.0, missing)).collect::<Vec<f32>>())
        }
        Axis::Columns => {
            let wide = rank.max(columns);
            let mut values = vec![0.0; rows * wide];
            for (index, value) in scaled.enumerate() {
                values[index / columns * wide + index % columns] = value;
            }
            ([rows, wide], values)
        }
    };
    TensorData::from_f32(&values, &shape).map_err(|e| unreadable(e.to_string()))
}
