//! Tensors between files and devices.

use burn::tensor::{DType, Device, Tensor, TensorData as DeviceData};
use graftwork_kernels::memory::kept;
use graftwork_store::{Dtype, TensorData, TensorRef};

use crate::Error;

/// A tensor of a file on the device, as a matrix of that many rows and columns.
pub(crate) fn upload(tensor: TensorRef<'_>, matrix: [usize; 2], device: &Device) -> Result<Tensor<2>, String> {
    let values = tensor.to_f32().map_err(|e| e.to_string())?;
    if values.len() != matrix[0] * matrix[1] {
        return Err(format!("has {} elements, not {}", values.len(), matrix[0] * matrix[1]));
    }
    Ok(kept(device, DeviceData::new(values, matrix), |data| Tensor::from_data(data, device)))
}

/// The same for a weight, which stays in bf16 on a GPU: its kernels compute in that, and memory is dear there.
pub(crate) fn upload_weight(tensor: TensorRef<'_>, matrix: [usize; 2], device: &Device) -> Result<Tensor<2>, String> {
    let whole = tensor.shape().iter().product::<usize>() == matrix[0] * matrix[1];
    if tensor.dtype() != Dtype::BF16 || *device == Device::flex() || !whole {
        return upload(tensor, matrix, device);
    }
    let data = DeviceData::from_bytes_vec(tensor.bytes().to_vec(), matrix, DType::BF16);
    Ok(kept(device, data, |data| Tensor::from_data(data, (device, DType::BF16))))
}

/// A tensor of a device in the form of a file, with the sizes and the element type given.
pub(crate) fn download(tensor: Tensor<2>, shape: &[usize], dtype: Dtype) -> Result<TensorData, Error> {
    TensorData::from_f32_as(&values(tensor)?, shape, dtype).map_err(|e| unreadable(e.to_string()))
}

/// A tensor's elements, row by row.
pub(crate) fn values(tensor: Tensor<2>) -> Result<Vec<f32>, Error> {
    tensor.cast(DType::F32).into_data().try_to_vec().map_err(|e| unreadable(e.to_string()))
}

pub(crate) fn unreadable(message: String) -> Error {
    Error::Device { device: "memory".to_owned(), message }
}
