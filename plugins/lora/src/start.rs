//! How the two factors begin, and what the weight gives up for them.

use graftwork_sdk::{Error, Expr, Role, Target};

use crate::settings::Init;

/// Step 0 of an adapter on a linear layer.
pub(crate) struct Start {
    /// Initial value of A, `[rank, in]`.
    pub(crate) a: Expr,
    /// Initial value of B, `[out, rank]`.
    pub(crate) b: Expr,
    /// The weight less `scale · (B @ A)`; none where B is zero.
    pub(crate) base: Option<Expr>,
}

impl Start {
    pub(crate) fn new(init: Init, [out, inner]: [u32; 2], rank: u32, scale: f64) -> Self {
        let (zeros, weight) = (Expr::zeros(&[out, rank]), Expr::base());
        match init {
            // kaiming_uniform with a = √5 comes to a bound of 1/√in.
            Init::Kaiming => Self::beside(Expr::uniform(1.0 / f64::from(inner).sqrt(), &[rank, inner]), zeros),
            Init::Gaussian => Self::beside(Expr::normal(1.0 / f64::from(rank), &[rank, inner]), zeros),
            // F. Meng et al., arXiv 2404.02948: of W = U S Vᵀ, √S goes to either factor.
            Init::Pissa => {
                let root = (weight.svd_s(rank).scale(1.0 / scale)).sqrt();
                let a = root.reshape(&[rank, 1]) * weight.svd_vt(rank);
                let b = weight.svd_u(rank) * root.reshape(&[1, rank]);
                Self::out_of_the_weight(a, b, scale)
            }
            // K. Büyükakyüz, arXiv 2406.01775: of W = Q R, whatever the scale.
            Init::Olora => {
                let (a, b) = (weight.qr_r().slice(0, 0, rank), weight.qr_q().slice(1, 0, rank));
                Self::out_of_the_weight(a, b, scale)
            }
        }
    }

    fn beside(a: Expr, b: Expr) -> Self {
        Self { a, b, base: None }
    }

    fn out_of_the_weight(a: Expr, b: Expr, scale: f64) -> Self {
        let residual = Expr::base() - scale * Expr::tensor(1).matmul(&Expr::tensor(0));
        Self { a, b, base: Some(residual) }
    }
}

/// An error unless the target's weight has the part that the factors begin as.
pub(crate) fn check(init: Init, target: &Target<'_>, scale: f64) -> Result<(), Error> {
    let name = match init {
        Init::Kaiming | Init::Gaussian => return Ok(()),
        Init::Pissa => "pissa",
        Init::Olora => "olora",
    };
    let Target { param, rank, .. } = *target;
    let (module, [out, inner]) = (param.module(), param.matrix()?);
    if param.role == Role::Embedding {
        let message = format!("`{name}` is for linear layers, but `{module}` is an embedding (see `exclude_modules`)");
        return Err(Error::config("init", message));
    }
    let most = out.min(inner);
    if rank > most {
        let message = format!(
            "is {rank} for `{module}`, but of a weight of shape [{out}, {inner}] `{name}` takes at most {most}"
        );
        return Err(Error::config("rank", message));
    }
    if init == Init::Pissa && scale <= 0.0 {
        let message = format!("must be above 0 for `{module}`: `{name}` divides by the scale of the update");
        return Err(Error::config("alpha", message));
    }
    Ok(())
}
