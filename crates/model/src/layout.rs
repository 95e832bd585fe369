//! The list of a model's parameters, as a family puts it together.

use graftwork_plan::{Dtype, Param, ParamId, Role, Shape};

use crate::{Head, LayerNorm, Linear, ModelError, RmsNorm, Task};

/// Ends of names of what models compute for themselves.
const BUFFERS: [&str; 7] = [
    ".attn.bias",
    ".attn.masked_bias",
    ".attention.bias",
    ".attention.masked_bias",
    ".rotary_emb.inv_freq",
    "embeddings.position_ids",
    "embeddings.token_type_ids",
];

/// What a parameter begins with that a checkpoint has not got.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Initial {
    /// The same number everywhere.
    Constant(f64),
    /// Normal draws around 0 of this deviation.
    Normal(f64),
}

/// How checkpoints have a parameter.
#[derive(Clone, Debug, Default)]
struct Stored {
    /// As `[in, out]`.
    transposed: bool,
    /// It may be missing, and then begins like this.
    initial: Option<Initial>,
    /// It belongs to the task more than to the model.
    of_task: bool,
    /// Other names of it.
    aliases: Vec<String>,
}

/// Parameters in a fixed order, with how checkpoints have them.
#[derive(Clone, Debug)]
pub struct Layout {
    params: Vec<Param>,
    stored: Vec<Stored>,
    prefix: &'static str,
    dtype: Dtype,
}

impl Layout {
    /// No parameter yet. `prefix` is that of the bare model's parameters, such as `model.`, which checkpoints of the bare model
    /// leave out; `dtype` is the configuration's.
    #[must_use]
    pub fn new(prefix: &'static str, dtype: Dtype) -> Self {
        Self { params: Vec::new(), stored: Vec::new(), prefix, dtype }
    }

    /// Every parameter.
    #[must_use]
    pub fn params(&self) -> &[Param] {
        &self.params
    }

    /// Names under which checkpoints have a parameter, its own first; also without the bare model's prefix.
    pub fn names_in_checkpoints(&self, id: ParamId) -> impl Iterator<Item = &str> {
        let names = std::iter::once(self.params[id.index()].name.as_str());
        let names = names.chain(self.stored[id.index()].aliases.iter().map(String::as_str));
        names.flat_map(|name| {
            std::iter::once(name).chain(name.strip_prefix(self.prefix).filter(|_| !self.prefix.is_empty()))
        })
    }

    /// Whether a name in a checkpoint is none of a parameter: what a model computes for itself and some checkpoints keep, such as
    /// causal masks, positions and the angles of rotary positions.
    #[must_use]
    pub fn is_buffer(&self, name: &str) -> bool {
        BUFFERS.iter().any(|end| name.ends_with(end))
    }

    /// Whether checkpoints have a parameter as `[in, out]`.
    #[must_use]
    pub fn is_transposed(&self, id: ParamId) -> bool {
        self.stored[id.index()].transposed
    }

    /// What a parameter begins with where a checkpoint has not got it; none where it must have.
    #[must_use]
    pub fn initial(&self, id: ParamId) -> Option<Initial> {
        self.stored[id.index()].initial
    }

    /// Whether a parameter came with the task and trains with it, whatever a strategy decides.
    #[must_use]
    pub fn is_of_task(&self, id: ParamId) -> bool {
        self.stored[id.index()].of_task
    }

    /// Adds a parameter. Its layer is the first number in its name.
    ///
    /// # Errors
    /// Its sizes multiply to more than a tensor may have.
    pub fn push(&mut self, name: impl Into<String>, dims: &[u64], role: Role) -> Result<ParamId, ModelError> {
        let name = name.into();
        let shape = Shape::new(dims).map_err(|e| ModelError::Size { name: name.clone(), message: e.to_string() })?;
        let layer = name.split('.').find_map(|part| part.parse().ok());
        self.params.push(Param { name, shape, dtype: self.dtype, role, layer, tied_to: None });
        self.stored.push(Stored::default());
        Ok(ParamId(self.params.len() as u32 - 1))
    }

    /// An embedding, `MODULE.weight`.
    ///
    /// # Errors
    /// As [`Layout::push`].
    pub fn embedding(&mut self, module: &str, entries: u64, width: u64) -> Result<ParamId, ModelError> {
        self.push(format!("{module}.weight"), &[entries, width], Role::Embedding)
    }

    /// A root-mean-square norm, `MODULE.weight`.
    ///
    /// # Errors
    /// As [`Layout::push`].
    pub fn rms_norm(&mut self, module: &str, width: u64, eps: f64) -> Result<RmsNorm, ModelError> {
        Ok(RmsNorm { scale: self.push(format!("{module}.weight"), &[width], Role::Norm)?, eps })
    }

    /// A layer norm, `MODULE.weight` and `MODULE.bias`.
    ///
    /// # Errors
    /// As [`Layout::push`].
    pub fn layer_norm(&mut self, module: &str, width: u64, eps: f64) -> Result<LayerNorm, ModelError> {
        let scale = self.push(format!("{module}.weight"), &[width], Role::Norm)?;
        let shift = self.push(format!("{module}.bias"), &[width], Role::Norm)?;
        Ok(LayerNorm { scale, shift, eps })
    }

    /// A linear layer from `inner` to `out` values, `MODULE.weight` and, if it has one, `MODULE.bias`.
    ///
    /// # Errors
    /// As [`Layout::push`].
    pub fn linear(&mut self, module: &str, inner: u64, out: u64, bias: bool) -> Result<Linear, ModelError> {
        let weight = self.push(format!("{module}.weight"), &[out, inner], Role::Linear)?;
        let bias = if bias { Some(self.push(format!("{module}.bias"), &[out], Role::Bias)?) } else { None };
        Ok(Linear { weight, bias })
    }

    /// The same, whose weight checkpoints have as `[in, out]`: GPT-2's `Conv1D`.
    ///
    /// # Errors
    /// As [`Layout::push`].
    pub fn conv1d(&mut self, module: &str, inner: u64, out: u64) -> Result<Linear, ModelError> {
        let layer = self.linear(module, inner, out, true)?;
        self.stored[layer.weight.index()].transposed = true;
        Ok(layer)
    }

    /// Makes a parameter the same tensor as another.
    pub fn tie(&mut self, id: ParamId, source: ParamId) {
        self.params[id.index()].tied_to = Some(source);
    }

    /// Another name that checkpoints have a parameter under.
    pub fn alias(&mut self, id: ParamId, name: impl Into<String>) {
        self.stored[id.index()].aliases.push(name.into());
    }

    /// Says that checkpoints may not have a parameter, and what it then begins with.
    pub fn may_be_new(&mut self, id: ParamId, initial: Initial) {
        self.stored[id.index()].initial = Some(initial);
    }

    /// A linear layer that a checkpoint made for another task has not got: its weight begins with normal draws of a deviation, its
    /// bias with zeros.
    ///
    /// # Errors
    /// As [`Layout::push`].
    pub fn new_linear(
        &mut self,
        module: &str,
        inner: u64,
        out: u64,
        bias: bool,
        std: f64,
    ) -> Result<Linear, ModelError> {
        let layer = self.linear(module, inner, out, bias)?;
        self.may_be_new(layer.weight, Initial::Normal(std));
        if let Some(bias) = layer.bias {
            self.may_be_new(bias, Initial::Constant(0.0));
        }
        Ok(layer)
    }

    /// The head over the classes of a task.
    ///
    /// # Errors
    /// As [`Layout::push`].
    pub fn classifier(
        &mut self,
        module: &str,
        width: u64,
        labels: u64,
        bias: bool,
        std: f64,
    ) -> Result<Head, ModelError> {
        let Linear { weight, bias } = self.new_linear(module, width, labels, bias, std)?;
        self.params[weight.index()].role = Role::Head;
        for id in std::iter::once(weight).chain(bias) {
            self.stored[id.index()].of_task = true;
        }
        Ok(Head { weight, bias, cap: None })
    }

    /// The head of a decoder: `MODULE` over the vocabulary, the embedding itself where that is given, or for a task with classes
    /// `score`, as Transformers has it for every decoder.
    ///
    /// # Errors
    /// As [`Layout::push`].
    pub fn decoder_head(
        &mut self,
        task: Task,
        module: &str,
        [width, vocabulary]: [u64; 2],
        embedding: Option<ParamId>,
        std: f64,
    ) -> Result<Head, ModelError> {
        if let Task::SequenceClassification { labels } = task {
            return self.classifier("score", width, labels, false, std);
        }
        let weight = self.push(format!("{module}.weight"), &[vocabulary, width], Role::Head)?;
        if let Some(source) = embedding {
            self.tie(weight, source);
        }
        Ok(Head { weight, bias: None, cap: None })
    }
}
