//! An expression as a person writes it: `base + 2·(lora_B @ lora_A)`.

use std::fmt::Write;

use crate::graph::Graph;
use crate::op::Op;

/// Longer formulas than this are cut, since an expression may share nodes and so print exponentially long.
const LONGEST: usize = 400;
/// Deeper than any method nests; what lies below is left out.
const DEEPEST: usize = 64;

impl Graph {
    /// The expression as a formula, with the tensors' names in it.
    #[must_use]
    pub fn formula(&self, tensors: &[&str]) -> String {
        let mut text = String::new();
        self.write_node(self.root(), tensors, 0, DEEPEST, &mut text);
        if text.len() > LONGEST {
            text.truncate(text.floor_char_boundary(LONGEST));
            text.push('…');
        }
        text
    }

    /// `level` is the binding strength around the node: 0 none, 1 inside a sum, 2 inside a product. `depth` is how far down
    /// the formula may still go.
    fn write_node(&self, index: usize, names: &[&str], level: u8, depth: usize, out: &mut String) {
        if out.len() > LONGEST {
            return;
        }
        let Some(depth) = depth.checked_sub(1) else {
            out.push('…');
            return;
        };
        let node = self.node(index);
        let infix = match node.op {
            Op::Add => Some((" + ", 1)),
            Op::Sub => Some((" - ", 1)),
            Op::Mul => Some((" ⊙ ", 2)),
            Op::Div => Some((" / ", 2)),
            Op::Matmul => Some((" @ ", 2)),
            Op::Kron => Some((" ⊗ ", 2)),
            _ => None,
        };
        if let (Some((sign, own)), [a, b]) = (infix, node.inputs.as_slice()) {
            let bracket = level >= own;
            out.push_str(if bracket { "(" } else { "" });
            self.write_node(*a, names, own - 1, depth, out);
            out.push_str(sign);
            self.write_node(*b, names, own, depth, out);
            out.push_str(if bracket { ")" } else { "" });
            return;
        }
        match &node.op {
            Op::Tensor { index } => out.push_str(names.get(*index as usize).copied().unwrap_or("?")),
            Op::Base => out.push_str("base"),
            Op::Delta { index } => {
                // Writing to a string cannot fail.
                let _ = write!(out, "delta{index}");
            }
            Op::Scale { factor } => {
                let bracket = level >= 2;
                let _ = write!(out, "{}{factor}·", if bracket { "(" } else { "" });
                self.write_node(node.inputs[0], names, 2, depth, out);
                out.push_str(if bracket { ")" } else { "" });
            }
            Op::Transpose => {
                self.write_node(node.inputs[0], names, 2, depth, out);
                out.push('ᵀ');
            }
            op => {
                out.push_str(op.name());
                out.push('(');
                let mut separator = "";
                for (name, value) in op.to_raw(Vec::new()).attributes {
                    let _ = match value {
                        crate::Attribute::Integer(v) => write!(out, "{separator}{name}={v}"),
                        crate::Attribute::Float(v) => write!(out, "{separator}{name}={v}"),
                        crate::Attribute::Text(v) => write!(out, "{separator}{name}={v}"),
                        crate::Attribute::Integers(v) => write!(out, "{separator}{name}={v:?}"),
                    };
                    separator = ", ";
                }
                for &input in &node.inputs {
                    out.push_str(separator);
                    self.write_node(input, names, 0, depth, out);
                    separator = ", ";
                }
                out.push(')');
            }
        }
    }
}
