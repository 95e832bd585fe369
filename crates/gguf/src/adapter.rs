//! A PEFT LoRA adapter as a GGUF file that llama.cpp applies to its base.
//!
//! llama.cpp (`src/llama-adapter.h`) computes `W x + alpha / rank · B (A x)`, the rank being that of each pair and alpha
//! one number for the file. Whatever else scales a pair is multiplied into its B.

use std::collections::BTreeMap;
use std::path::Path;

use graftwork_store::{AdapterKey, AdapterPart, Bias, ModelDir, Overwrite, PeftAdapter, TensorData};

use crate::change::{Change, as_matrix};
use crate::families::{Family, Place};
use crate::model::{folder_name, general, write_values};
use crate::writer::Writer;
use crate::{ElementType, GgufError, Report, TensorInfo, Value};

/// Writes the PEFT folder `adapter`, made for the model folder `base`, as the GGUF file `out`. Tensors are f32.
///
/// rsLoRA and patterns of rank or alpha are written exactly.
///
/// # Errors
/// If a folder is not complete or the two do not fit; if the adapter has what llama.cpp does not apply (DoRA, biases,
/// modules trained in full, an adapter on a tied embedding or head, or on single experts); if `out` is in the way or the
/// disk refuses. Then `out` is as it was.
pub fn write_adapter(adapter: &Path, base: &Path, out: &Path, overwrite: Overwrite) -> Result<Report, GgufError> {
    let peft = PeftAdapter::read(adapter)?;
    let dir = ModelDir::open(base)?;
    let family = Family::of(&base.join("config.json"), dir.config())?;
    let export = Export { path: adapter, peft: &peft, family: &family, base: &dir };
    export.check_settings()?;
    let pairs = export.pairs()?;
    let strengths = pairs.iter().map(|pair| export.strength(&pair.module)).collect::<Result<Vec<_>, _>>()?;
    // An alpha of 0 would be none at all to llama.cpp.
    let alpha = strengths.iter().copied().find(|alpha| *alpha != 0.0).unwrap_or(1.0) as f32;

    let mut metadata = general(&family, "adapter", folder_name(adapter));
    metadata.push(("adapter.type".to_owned(), "lora".into()));
    metadata.push(("adapter.lora.alpha".to_owned(), Value::F32(alpha)));
    let infos: Vec<TensorInfo> = pairs.iter().flat_map(Pair::infos).collect();
    let mut writer = Writer::create(out, overwrite, &metadata, infos.clone())?;
    for (pair, strength) in pairs.iter().zip(&strengths) {
        let [a, b] = pair.infos();
        let scaled = Change { scale: (strength / f64::from(alpha)) as f32 * pair.change.scale, ..pair.change };
        export.write_factor(&a, pair.a, &pair.change_of_a(), &mut writer)?;
        export.write_factor(&b, pair.b, &scaled, &mut writer)?;
    }
    let bytes = writer.finish()?;
    Ok(Report::new(family.architecture(), &infos, bytes, family.warnings))
}

/// The two factors of one weight.
struct Pair<'a> {
    /// The module's path in the base.
    module: String,
    /// The weight in the file.
    name: String,
    /// What becomes of the weight, and so of the rows of B.
    change: Change,
    /// Whether it is an embedding: llama.cpp looks rows of A up, by token.
    embedding: bool,
    a: &'a TensorData,
    b: &'a TensorData,
}

impl Pair<'_> {
    fn infos(&self) -> [TensorInfo; 2] {
        let info = |suffix: &str, shape| TensorInfo {
            name: format!("{}.{suffix}", self.name),
            shape,
            element: ElementType::F32,
        };
        [info("lora_a", self.change_of_a().shape(self.a.shape())), info("lora_b", self.b.shape().to_vec())]
    }

    /// A of an embedding is `[rank, vocabulary]` in PEFT and the other way round in llama.cpp.
    fn change_of_a(&self) -> Change {
        Change { transposed: self.embedding, ..Change::AS_IS }
    }
}

/// An adapter, and the base that it is for.
struct Export<'a> {
    path: &'a Path,
    peft: &'a PeftAdapter,
    family: &'a Family,
    base: &'a ModelDir,
}

impl<'a> Export<'a> {
    fn refuse(&self, reason: String) -> GgufError {
        GgufError::Adapter { path: self.path.to_owned(), reason }
    }

    /// Fails for what the file format has no place for.
    fn check_settings(&self) -> Result<(), GgufError> {
        if self.peft.config.use_dora {
            return Err(self.refuse("llama.cpp does not apply DoRA".to_owned()));
        }
        if self.peft.config.bias != Bias::None {
            return Err(self.refuse("llama.cpp does not apply the biases of an adapter".to_owned()));
        }
        Ok(())
    }

    /// What PEFT multiplies the pair of `module` by, times its rank: alpha, unless rsLoRA or a pattern makes it another.
    fn strength(&self, module: &str) -> Result<f64, GgufError> {
        let config = &self.peft.config;
        let strength = config.scaling(module).and_then(|scale| Ok(scale * config.rank(module)? as f64));
        strength.map_err(|error| self.refuse(error.to_string()))
    }

    /// The pairs, by name of their weight in the file.
    fn pairs(&self) -> Result<Vec<Pair<'a>>, GgufError> {
        let mut factors: BTreeMap<String, [Option<&'a TensorData>; 2]> = BTreeMap::new();
        for (name, tensor) in &self.peft.tensors {
            let key: AdapterKey = name.parse().map_err(|error| self.refuse(format!("{error}")))?;
            let place = match key.part {
                AdapterPart::LoraA | AdapterPart::EmbeddingA => 0,
                AdapterPart::LoraB | AdapterPart::EmbeddingB => 1,
                // An embedding that PEFT saved along with its adapter, unchanged.
                AdapterPart::BaseLayer(_) => continue,
                AdapterPart::Magnitude | AdapterPart::Saved(_) => {
                    return Err(
                        self.refuse(format!("{:?} is trained in full, which llama.cpp does not apply", key.module))
                    );
                }
            };
            factors.entry(key.module).or_default()[place] = Some(tensor);
        }
        let complete = factors.into_iter().filter_map(|(module, [a, b])| Some((module, a?, b?)));
        let mut pairs = complete.map(|(module, a, b)| self.pair(module, a, b)).collect::<Result<Vec<_>, _>>()?;
        pairs.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(pairs)
    }

    fn pair(&self, module: String, a: &'a TensorData, b: &'a TensorData) -> Result<Pair<'a>, GgufError> {
        let weight = format!("{module}.weight");
        let (name, change) = match self.family.place(&weight) {
            Place::Tensor { name, expert: None, change } => (name, change),
            Place::Tensor { .. } => {
                return Err(
                    self.refuse(format!("{module:?} is one expert of several, which have no adapters of their own"))
                );
            }
            Place::Nowhere | Place::Unknown => {
                return Err(self.refuse(format!("llama.cpp has no weight for {module:?}")));
            }
        };
        let embedding = name == "token_embd.weight";
        if embedding && self.family.tied {
            return Err(
                self.refuse(format!("{module:?} is the head too, and llama.cpp does not run an adapter of both"))
            );
        }
        self.check_shapes(&weight, &change, embedding, a.shape(), b.shape())?;
        // PEFT's B is `[out, rank]` whichever way the weight is stored.
        let change = Change { transposed: false, add: 0.0, ..change };
        Ok(Pair { module, name, change, embedding, a, b })
    }

    /// Fails unless B times A has the shape of `weight` in the base.
    fn check_shapes(
        &self,
        weight: &str,
        change: &Change,
        embedding: bool,
        a: &[usize],
        b: &[usize],
    ) -> Result<(), GgufError> {
        let wrong = |reason| GgufError::WrongBase {
            path: self.path.to_owned(),
            base: self.base.path().to_owned(),
            tensor: weight.to_owned(),
            reason,
        };
        let bare = self.family.bare(weight);
        let shape = self
            .base
            .names()
            .find(|name| self.family.bare(name) == bare)
            .and_then(|name| self.base.shape(name))
            .ok_or_else(|| wrong("is missing there".to_owned()))?;
        let (rows, width) = as_matrix(&change.shape(shape));
        // An embedding's factors multiply to its transpose.
        let (from, to) = if embedding { (rows, width) } else { (width, rows) };
        let fits = a.last() == Some(&from) && b.first() == Some(&to) && rows % change.order.unit() == 0;
        if fits { Ok(()) } else { Err(wrong(format!("is {shape:?}, the factors are A {a:?} and B {b:?}"))) }
    }

    fn write_factor(
        &self,
        info: &TensorInfo,
        factor: &TensorData,
        change: &Change,
        writer: &mut Writer,
    ) -> Result<(), GgufError> {
        let (rows, _) = as_matrix(&info.shape);
        let values = change.rows(factor.view(), 0, rows).map_err(GgufError::tensor(self.path, &info.name))?;
        write_values(self.path, info, &values, writer)?;
        writer.end_tensor()
    }
}
